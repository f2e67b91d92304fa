import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAccept } from './accept-header.ts'

const ranges = (header: string) => parseAccept(header).map(({ type, subtype }) => `${type}/${subtype}`)

describe('parseAccept', () => {
  test.each([
    ['application/json', ['application/json']],
    ['application/json, */*', ['application/json', '*/*']],
    ['*/*, application/json', ['application/json', '*/*']],
    ['*', ['*/*']],
    ['application/json;q=0.3,application/yaml;q=0.9', ['application/yaml', 'application/json']],
    ['application/json;q=x,application/yaml;q=0.1', ['application/yaml', 'application/json']],
    ['application/*,application/yaml', ['application/yaml', 'application/*']],
    ['text', []],
    ['a/b/c', []],
    ['', []],
    [' application/json ; a = b ', ['application/json']],
  ])('%j', (header, expected) => {
    expect(ranges(header)).toEqual(expected)
  })

  test('parameters', () => {
    const [clause] = parseAccept('application/json;as=Table; v=v1 ;g=meta.k8s.io;broken;twice=a=b;empty=;q=0.5')
    expect(clause?.quality).toBe(0.5)
    expect([...(clause?.parameters ?? [])]).toEqual([
      ['as', 'Table'],
      ['v', 'v1'],
      ['g', 'meta.k8s.io'],
    ])
  })

  test('any text is taken', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (header) => {
        expect(parseAccept(header).length).toBeLessThanOrEqual(header.split(',').length)
      }),
    )
  })
})
