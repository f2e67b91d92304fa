import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../meta/object.ts'
import { decodeMessage } from './decode-message.ts'
import { encodeMessage } from './encode-message.ts'
import { type Cardinality, defineMessage, type FieldType, type MessageField, type MessageType } from './message-type.ts'
import { ProtobufSyntaxError } from './syntax-error.ts'

function field(number: number, name: string, cardinality: Cardinality, kind: string | MessageType): MessageField {
  const type = typeof kind === 'string' ? { kind } : { kind: 'message', message: kind }
  return { number, name, cardinality, type: type as FieldType }
}

const inner = defineMessage('Inner', () => [field(1, 'x', 'value', 'string'), field(2, 'y', 'pointer', 'int32')])
const node: MessageType = defineMessage('Node', () => [
  field(1, 'name', 'value', 'string'),
  field(2, 'next', 'pointer', node),
  field(3, 'children', 'list', node),
])
const schema: MessageType = defineMessage('Schema', () => [
  field(1, 'type', 'value', 'string'),
  { number: 2, name: 'items', cardinality: 'pointer', type: { kind: 'schemaOrList', message: schema } },
  { number: 3, name: 'more', cardinality: 'pointer', type: { kind: 'schemaOrBool', message: schema } },
  { number: 4, name: 'needs', cardinality: 'map', type: { kind: 'schemaOrStrings', message: schema } },
])

/** A message with one field under number 1. */
const one = (cardinality: Cardinality, kind: string | MessageType): MessageType =>
  defineMessage('One', () => [field(1, 'f', cardinality, kind)])

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const bytes = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

const both: readonly { name: string; type: MessageType; object: JsonObject; bytes: string }[] = [
  { name: 'a string', type: one('value', 'string'), object: { f: 'aé' }, bytes: '0a0361c3a9' },
  {
    name: 'a string with a byte order mark',
    type: one('value', 'string'),
    object: { f: '\ufeffa' },
    bytes: '0a04efbbbf61',
  },
  { name: 'bytes', type: one('value', 'bytes'), object: { f: 'AP8=' }, bytes: '0a0200ff' },
  { name: 'empty bytes', type: one('value', 'bytes'), object: { f: '' }, bytes: '0a00' },
  { name: 'no bytes', type: one('value', 'bytes'), object: {}, bytes: '' },
  { name: 'true', type: one('value', 'bool'), object: { f: true }, bytes: '0801' },
  { name: 'a zero value is not in JSON', type: one('value', 'bool'), object: {}, bytes: '0800' },
  { name: 'a zero pointer is', type: one('pointer', 'bool'), object: { f: false }, bytes: '0800' },
  { name: 'a missing pointer', type: one('pointer', 'int32'), object: {}, bytes: '' },
  { name: 'a negative int32', type: one('value', 'int32'), object: { f: -2 }, bytes: '08feffffffffffffffff01' },
  { name: 'an int64', type: one('value', 'int64'), object: { f: -(2 ** 40) }, bytes: '088080808080e0ffffff01' },
  { name: 'a big int64', type: one('value', 'int64'), object: { f: 2n ** 62n }, bytes: '08808080808080808040' },
  { name: 'a double', type: one('pointer', 'double'), object: { f: 0.5 }, bytes: '09000000000000e03f' },
  { name: 'a missing message value', type: one('value', inner), object: { f: {} }, bytes: '0a020a00' },
  { name: 'a message', type: one('pointer', inner), object: { f: { x: 'a', y: 0 } }, bytes: '0a050a01611000' },
  { name: 'a list', type: one('list', 'string'), object: { f: ['a', '', 'b'] }, bytes: '0a01610a000a0162' },
  { name: 'a list of numbers', type: one('list', 'int32'), object: { f: [1, 0] }, bytes: '08010800' },
  {
    name: 'a map in order of keys',
    type: one('map', 'string'),
    object: { f: { a: '', b: '1' } },
    bytes: '0a050a016112000a060a0162120131',
  },
  {
    name: 'a map with an unusual key',
    type: one('map', 'string'),
    object: JSON.parse('{"f":{"__proto__":"1"}}'),
    bytes: '0a0e0a095f5f70726f746f5f5f120131',
  },
  { name: 'a time', type: one('value', 'time'), object: { f: '1970-01-01T00:00:10Z' }, bytes: '0a04080a1000' },
  {
    name: 'a time before the epoch',
    type: one('value', 'time'),
    object: { f: '1969-12-31T23:59:59Z' },
    bytes: '0a0d08ffffffffffffffffff011000',
  },
  { name: 'no time', type: one('value', 'time'), object: {}, bytes: '0a00' },
  {
    name: 'a micro time',
    type: one('pointer', 'microTime'),
    object: { f: '1970-01-01T00:00:01.000002Z' },
    bytes: '0a05080110d00f',
  },
  { name: 'a quantity', type: one('value', 'quantity'), object: { f: '1Gi' }, bytes: '0a050a03314769' },
  { name: 'an int of int-or-string', type: one('value', 'intOrString'), object: { f: 80 }, bytes: '0a06080010501a00' },
  {
    name: 'a string of int-or-string',
    type: one('pointer', 'intOrString'),
    object: { f: '25%' },
    bytes: '0a09080110001a03323525',
  },
  {
    name: 'JSON',
    type: one('value', 'json'),
    object: { f: { a: [1, '<'] } },
    bytes: '0a140a127b2261223a5b312c225c7530303363225d7d',
  },
  {
    name: 'JSON that is null in a list',
    type: one('list', 'json'),
    object: { f: [null, false] },
    bytes: '0a000a070a0566616c7365',
  },
  { name: 'strings', type: one('value', 'strings'), object: { f: ['a', 'b'] }, bytes: '0a060a01610a0162' },
  { name: 'no strings', type: one('value', 'strings'), object: {}, bytes: '' },
  {
    name: 'strings in a map',
    type: one('map', 'strings'),
    object: { f: { k: ['a'], n: [] } },
    bytes: '0a080a016b12030a01610a050a016e1200',
  },
  { name: 'an embedded message', type: one('embedded', inner), object: { x: 'a', y: 1 }, bytes: '0a050a01611001' },
  { name: 'a schema or list: schema', type: schema, object: { items: { type: 'a' } }, bytes: '0a0012050a030a0161' },
  {
    name: 'a schema or list: list',
    type: schema,
    object: { items: [{ type: 'a' }, {}] },
    bytes: '0a00120912030a016112020a00',
  },
  { name: 'a schema or bool: schema', type: schema, object: { more: { type: 'a' } }, bytes: '0a001a07080112030a0161' },
  { name: 'a schema or bool: false', type: schema, object: { more: false }, bytes: '0a001a020800' },
  {
    name: 'a schema or strings: strings',
    type: schema,
    object: { needs: { k: ['a'] } },
    bytes: '0a0022080a016b1203120161',
  },
]

describe('messages', () => {
  test.each(both)('$name', ({ type, object, bytes: expected }) => {
    expect(hex(encodeMessage(type, object))).toBe(expected)
    expect(decodeMessage(type, bytes(expected))).toEqual(object)
  })

  const encoded: readonly { name: string; type: MessageType; object: JsonObject; bytes: string }[] = [
    { name: 'zero values are written', type: one('value', 'string'), object: {}, bytes: '0a00' },
    { name: 'null reads as absent', type: one('pointer', 'string'), object: { f: null }, bytes: '' },
    { name: 'unknown members are not written', type: one('pointer', 'string'), object: { kind: 'x', g: 1 }, bytes: '' },
    {
      name: 'fields go in order of numbers',
      type: defineMessage('', () => [field(2, 'b', 'value', 'bool'), field(1, 'a', 'value', 'bool')]),
      object: { b: true, a: true },
      bytes: '08011001',
    },
    { name: 'the zero time of Go', type: one('value', 'time'), object: { f: '0001-01-01T00:00:00Z' }, bytes: '0a00' },
    {
      name: 'a time with an offset',
      type: one('value', 'time'),
      object: { f: '1970-01-01T01:00:10.9+01:00' },
      bytes: '0a04080a1000',
    },
    { name: 'a quantity that is a number', type: one('value', 'quantity'), object: { f: 2 }, bytes: '0a030a0132' },
    { name: 'a missing quantity', type: one('value', 'quantity'), object: {}, bytes: '0a030a0130' },
    { name: 'a null item', type: one('list', inner), object: { f: [null] }, bytes: '0a020a00' },
    { name: 'true of schema or bool', type: schema, object: { more: true }, bytes: '0a001a020801' },
  ]
  test.each(encoded)('encoding: $name', ({ type, object, bytes: expected }) => {
    expect(hex(encodeMessage(type, object))).toBe(expected)
  })

  const decoded: readonly { name: string; type: MessageType; bytes: string; object: JsonObject }[] = [
    { name: 'nothing', type: one('value', 'string'), bytes: '', object: {} },
    {
      name: 'unknown fields of every wire type are skipped',
      type: one('value', 'string'),
      bytes: '1001' + '190102030405060708' + '220161' + '2d01020304' + '330801340a0161',
      object: { f: 'a' },
    },
    { name: 'the last scalar counts', type: one('value', 'string'), bytes: '0a01610a0162', object: { f: 'b' } },
    { name: 'also when it is zero', type: one('value', 'string'), bytes: '0a01610a00', object: {} },
    {
      name: 'messages are merged',
      type: one('pointer', inner),
      bytes: '0a030a01610a021005',
      object: { f: { x: 'a', y: 5 } },
    },
    {
      name: 'the last value of a key counts',
      type: one('map', 'string'),
      bytes: '0a060a01611201310a060a0161120132',
      object: { f: { a: '2' } },
    },
    { name: 'an entry without key and value', type: one('map', inner), bytes: '0a00', object: { f: { '': {} } } },
    { name: 'packed numbers', type: one('list', 'int32'), bytes: '0a03010203' + '0804', object: { f: [1, 2, 3, 4] } },
    { name: 'bad UTF-8 is replaced', type: one('value', 'string'), bytes: '0a02ff61', object: { f: '\ufffda' } },
    {
      name: 'nanoseconds of a time are dropped',
      type: one('value', 'time'),
      bytes: '0a08080110ff93ebdc03',
      object: { f: '1970-01-01T00:00:01Z' },
    },
  ]
  test.each(decoded)('decoding: $name', ({ type, object, bytes: given }) => {
    expect(decodeMessage(type, bytes(given))).toEqual(object)
  })

  test('decoding: nanoseconds of a micro time are cut to microseconds', () => {
    const type = one('value', 'microTime')
    expect(decodeMessage(type, bytes('0a05080110ff0f'))).toEqual({
      f: '1970-01-01T00:00:01.000002Z',
    })
  })

  const bad: readonly { name: string; type: MessageType; bytes: string }[] = [
    { name: 'a tag without value', type: one('value', 'string'), bytes: '0a' },
    { name: 'a string that is cut off', type: one('value', 'string'), bytes: '0a0561' },
    { name: 'a length beyond 4 GiB', type: one('value', 'string'), bytes: '0affffffffffffffffff01' },
    { name: 'a message longer than the input', type: one('pointer', inner), bytes: '0a7f0a0161' },
    { name: 'a field longer than its message', type: one('pointer', inner), bytes: '0a020a056162636465' },
    { name: 'an endless varint', type: one('value', 'int64'), bytes: '08' + 'ff'.repeat(20) },
    { name: 'field number zero', type: one('value', 'string'), bytes: '0001' },
    { name: 'wire type 7', type: one('value', 'string'), bytes: '0f01' },
    { name: 'a wrong wire type', type: one('value', 'string'), bytes: '0801' },
    { name: 'a wrong wire type of a message', type: one('pointer', inner), bytes: '0801' },
    { name: 'a group that does not end', type: one('value', 'string'), bytes: '130801' },
    { name: 'an end without a group', type: one('value', 'string'), bytes: '14' },
    { name: 'a packed number that is cut off', type: one('list', 'int32'), bytes: '0a0180' },
    { name: 'JSON that is none', type: one('value', 'json'), bytes: '0a030a017b' },
    { name: 'an int-or-string of type 2', type: one('value', 'intOrString'), bytes: '0a020802' },
    { name: 'a year that nobody can write', type: one('value', 'time'), bytes: '0a0a08ffffffffffffffff7f' },
  ]
  test.each(bad)('refused: $name', ({ type, bytes: given }) => {
    expect(() => decodeMessage(type, bytes(given))).toThrow(ProtobufSyntaxError)
  })

  test('names the field of a wrong wire type', () => {
    expect(() => decodeMessage(one('value', 'string'), bytes('0801'))).toThrow('proto: wrong wireType = 0 for field f')
    expect(() => decodeMessage(one('value', 'string'), bytes('0a0561'))).toThrow('unexpected EOF')
  })
})

describe('hostile input', () => {
  function nested(levels: number): Uint8Array {
    let message = Uint8Array.of()
    for (let level = 0; level < levels; level++) {
      const length = message.length
      const prefix = length < 128 ? [0x12, length] : [0x12, (length & 127) | 128, length >> 7]
      message = Uint8Array.from([...prefix, ...message])
    }
    return message
  }

  test('messages may be nested, but not without bound', () => {
    expect(decodeMessage(node, nested(400))).toHaveProperty('next.next.next')
    expect(() => decodeMessage(node, nested(600))).toThrow(/nested deeper/)
    const deep: JsonObject = {}
    let tip = deep
    for (let level = 0; level < 600; level++) tip = tip['next'] = {} as JsonObject
    expect(() => encodeMessage(node, deep)).toThrow(RangeError)
  })

  test('groups may not be nested without bound', () => {
    expect(() => decodeMessage(node, new Uint8Array(1_000_000).fill(0x7b))).toThrow(ProtobufSyntaxError)
  })

  test('random bytes give an object or a syntax error', () => {
    const types = [node, schema, ...both.map(({ type }) => type)]
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 80 }), (type, noise) => {
        try {
          expect(typeof decodeMessage(type, noise)).toBe('object')
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufSyntaxError)
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('every cut of every message gives an object or a syntax error', () => {
    for (const { type, bytes: whole } of both) {
      const all = bytes(whole)
      for (let length = 0; length < all.length; length++) {
        try {
          decodeMessage(type, all.subarray(0, length))
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufSyntaxError)
        }
      }
    }
  })
})
