import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyFormat } from './body-format.ts'

describe('content types', () => {
  test.each([
    [undefined, 'json'],
    ['', 'json'],
    ['application/json', 'json'],
    ['application/json; charset=utf-8', 'json'],
    ['Application/JSON', 'json'],
    ['application/yaml;a="b;c"', 'yaml'],
    ['application/vnd.kubernetes.protobuf', 'protobuf'],
    ['application/json;', 'json'],
  ])('%s', (contentType, format) => {
    expect(bodyFormat(contentType, true)).toBe(format)
  })

  test.each([
    'text/plain',
    'application/xml',
    'json',
    'application/json;charset',
    '*/*',
    'application/cbor',
    ' ;',
    'a b/c',
  ])('%s is refused', (contentType) => {
    expect(() => bodyFormat(contentType, true)).toThrow(
      expect.objectContaining({
        code: 415,
        reason: 'UnsupportedMediaType',
        message:
          'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
      }),
    )
  })

  test('kinds without protobuf', () => {
    expect(() => bodyFormat('application/vnd.kubernetes.protobuf', false)).toThrow(
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
    )
  })

  test('any text is answered in linear time', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(';', '"', '\\', 'a', '=', ' ', '/'), maxLength: 60 }), (text) => {
        try {
          bodyFormat(text, true)
        } catch (error) {
          expect(error).toMatchObject({ code: 415 })
        }
      }),
    )
    expect(() => bodyFormat(`application/json;${'a="\\'.repeat(50_000)}`, true)).toThrow()
  })
})
