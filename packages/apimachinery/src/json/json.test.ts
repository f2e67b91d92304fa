import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../meta/object.ts'
import { encodeJson } from './encode.ts'
import { deepCopy, deepEqual } from './objects.ts'
import { parseJson, parseJsonStrict } from './parse.ts'

const integer = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n }))
const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '1', 'a b'))
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    integer,
    // Whole numbers beyond 2^53 are read as bigint, so that they are not written from a double.
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((value) => Number.isSafeInteger(value) || !Number.isInteger(value))
      .map((value) => (Object.is(value, -0) ? 0 : value)),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value')),
    fc.array(fc.tuple(key, tie('value'))).map((entries) => {
      const object: Record<string, JsonValue> = {}
      for (const [name, value] of entries)
        Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
      return object
    }),
  ),
})).value

describe('properties', () => {
  test('parse of encode is identity, plain and strict and indented', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = encodeJson(value)
        expect(deepEqual(parseJson(text), value)).toBe(true)
        expect(deepEqual(parseJsonStrict(text).value, value)).toBe(true)
        expect(deepEqual(parseJson(encodeJson(value, { pretty: true })), value)).toBe(true)
        expect(parseJsonStrict(text).duplicates).toEqual([])
        expect(encodeJson(parseJson(text))).toBe(text)
      }),
    )
  })

  test('a copy is equal and shares nothing', () => {
    fc.assert(
      fc.property(json, (value) => {
        const copied = deepCopy(value)
        expect(deepEqual(copied, value)).toBe(true)
        if (typeof value === 'object' && value !== null) expect(copied).not.toBe(value)
      }),
    )
  })

  test('the scanner and V8 agree about what is JSON', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          json.map((value) => encodeJson(value)),
          fc.stringMatching(/^[[\]{}",:0-9eE.tfn\\ -]{0,12}$/),
        ),
        fc.nat(),
        (text, cut) => {
          const broken = text.slice(0, cut % (text.length + 1))
          const accepts = (parse: (text: string) => unknown) => {
            try {
              parse(broken)
              return true
            } catch (error) {
              return error instanceof Error && error.message.includes('unmarshal number')
            }
          }
          expect(accepts((input) => parseJsonStrict(input))).toBe(accepts(JSON.parse))
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('numbers', () => {
  test.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['[9223372036854775807]', [9223372036854775807n]],
    ['{"a":-9223372036854775808}', { a: -9223372036854775808n }],
    ['1.0', 1],
    ['1e3', 1000],
    ['"12345678901234567890"', '12345678901234567890'],
    ['9223372036854775808', 2 ** 63],
    ['-9223372036854775809', -(2 ** 63)],
    ['18446744073709551615', 2 ** 64],
    ['9007199254740992.5', 9007199254740992],
    ['1e100', 1e100],
  ])('%s', (text, value) => {
    expect(parseJson(text)).toEqual(value)
  })

  test('what no float holds is refused', () => {
    for (const text of ['1e400', '{"a":-1.5E+999}', `[${'1'.repeat(400)}]`]) {
      expect(() => parseJson(text)).toThrow('cannot unmarshal number')
    }
  })
})

describe('errors are Go errors', () => {
  test.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a":1', 'unexpected end of JSON input'],
    ['"abc', 'unexpected end of JSON input'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ['{x', "invalid character 'x' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{}x', "invalid character 'x' after top-level value"],
    ['trux', "invalid character 'x' in literal true (expecting 'e')"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['01', "invalid character '1' after top-level value"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
    ['é', "invalid character 'Ã' looking for beginning of value"],
    ['\u0001', "invalid character '\\x01' looking for beginning of value"],
  ])('%j', (text, message) => {
    expect(() => parseJson(text)).toThrow(message)
    expect(() => parseJsonStrict(text)).toThrow(message)
  })
})

describe('nesting', () => {
  const nested = (depth: number, open: string, close: string) => `${open.repeat(depth)}1${close.repeat(depth)}`

  test.each([
    ['[', ']'],
    ['{"a":', '}'],
  ])('10,000 levels of %s are read, written, copied and compared', (open, close) => {
    const text = nested(10_000, open, close)
    const value = parseJson(text)
    expect(encodeJson(value)).toBe(text)
    expect(encodeJson(deepCopy(value))).toBe(text)
    expect(deepEqual(value, parseJsonStrict(text).value)).toBe(true)
  })

  test.each([10_001, 1_000_000])('%i levels are refused', (depth) => {
    expect(() => parseJson(nested(depth, '[', ']'))).toThrow('exceeded max depth')
    expect(() => parseJsonStrict(nested(depth, '[', ']'))).toThrow('exceeded max depth')
  })

  test('brackets in strings do not count', () => {
    const text = JSON.stringify({ text: '['.repeat(20_000), quoted: '\\"['.repeat(20_000) })
    expect(encodeJson(parseJson(text))).toBe(text)
  })
})

describe('repeated keys', () => {
  test.each([
    ['{"a":1,"a":2}', ['a'], { a: 2 }],
    ['{"m":{"n":1,"n":2,"n":3}}', ['m.n'], { m: { n: 3 } }],
    ['{"s":{"c":[{"i":1},{"i":1,"i":2}]}}', ['s.c[1].i'], { s: { c: [{ i: 1 }, { i: 2 }] } }],
    ['{"b":1,"a":{"x":1,"x":1},"b":2}', ['a.x', 'b'], { a: { x: 1 }, b: 2 }],
  ])('%s', (text, duplicates, value) => {
    expect(parseJsonStrict(text)).toEqual({ value, duplicates })
    expect(parseJson(text)).toEqual(value)
  })
})

describe('text', () => {
  test('is escaped as Go escapes it', () => {
    expect(encodeJson({ html: '<a href="x">&</a>\u2028' })).toBe(
      '{"html":"\\u003ca href=\\"x\\"\\u003e\\u0026\\u003c/a\\u003e\\u2028"}',
    )
  })

  test('__proto__ is a key like any other', () => {
    const value = parseJson('{"__proto__":{"polluted":true}}')
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect(encodeJson(deepCopy(value))).toBe('{"__proto__":{"polluted":true}}')
    expect(encodeJson(parseJsonStrict('{"__proto__":1}').value)).toBe('{"__proto__":1}')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test.each([
    [[0x22, 0xff, 0x22], '\ufffd'],
    [[0x22, 0xe2, 0x82, 0x22], '\ufffd\ufffd'],
    [[0x22, 0xc3, 0xa9, 0xed, 0xa0, 0x80, 0x61, 0x22], 'é\ufffd\ufffd\ufffda'],
    [[0x22, 0xf0, 0x9f, 0x98, 0x80, 0xc0, 0x80, 0x22], '😀\ufffd\ufffd'],
  ])('invalid UTF-8 is replaced byte by byte: %j', (bytes, text) => {
    expect(parseJson(new Uint8Array(bytes))).toBe(text)
  })

  test('lone surrogates are replaced, pairs are kept', () => {
    expect(parseJson('["\\ud800","\\udc00x","\\ud83d\\ude00"]')).toEqual(['\ufffd', '\ufffdx', '😀'])
  })

  test('long strings with escapes cost no stack', () => {
    const text = JSON.stringify('\n'.repeat(10_000_000))
    expect((parseJsonStrict(text).value as string).length).toBe(10_000_000)
  })

  test('indentation leaves empty containers closed', () => {
    expect(encodeJson({ a: {}, b: [], c: [1n] }, { pretty: true })).toBe(
      '{\n  "a": {},\n  "b": [],\n  "c": [\n    1\n  ]\n}',
    )
  })
})
