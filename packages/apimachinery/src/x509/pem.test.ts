import { describe, expect, test } from 'vitest'
import { pemBlocks } from './pem.ts'

const read = (text: string) =>
  pemBlocks(new TextEncoder().encode(text)).map(({ label, hasHeaders, bytes }) => [
    label,
    hasHeaders,
    Buffer.from(bytes).toString(),
  ])

describe('PEM', () => {
  test.each<[string, string, unknown[]]>([
    ['a block', '-----BEGIN A-----\nYWJj\n-----END A-----\n', [['A', false, 'abc']]],
    ['lines that end with CRLF', '-----BEGIN A-----\r\nYW\r\nJj\r\n-----END A-----\r\n', [['A', false, 'abc']]],
    ['no line break at the end', '-----BEGIN A-----\nYWI=\n-----END A-----', [['A', false, 'ab']]],
    ['an empty block', '-----BEGIN A-----\n-----END A-----\n', [['A', false, '']]],
    ['headers', '-----BEGIN A-----\nProc-Type: 4\n\nYWJj\n-----END A-----\n', [['A', true, 'abc']]],
    [
      'text around the blocks',
      'one\n-----BEGIN A-----\nYWJj\n-----END A-----\ntwo\n-----BEGIN B-----\nYQ==\n-----END B-----\nthree',
      [
        ['A', false, 'abc'],
        ['B', false, 'a'],
      ],
    ],
    [
      'a block behind one that is malformed',
      '-----BEGIN A-----\n*\n-----END A-----\n-----BEGIN A-----\nYQ==\n-----END A-----\n',
      [['A', false, 'a']],
    ],
  ])('%s', (_what, text, blocks) => {
    expect(read(text)).toEqual(blocks)
  })

  test.each([
    '',
    'hello',
    '-----BEGIN A-----\nYWJj\n',
    '-----BEGIN A-----\nYWJj\n-----END B-----\n',
    '-----BEGIN A\nYWJj\n-----END A-----\n',
    ' -----BEGIN A-----\nYWJj\n-----END A-----\n',
    '-----BEGIN A-----\nYWJ\n-----END A-----\n',
  ])('%j holds no block', (text) => {
    expect(read(text)).toEqual([])
  })

  test('many beginnings without an end take no time', () => {
    expect(read('-----BEGIN A-----\n'.repeat(200_000))).toEqual([])
    expect(read('-----BEGIN A-----\n-----END B-----\n'.repeat(100_000))).toEqual([])
  })
})
