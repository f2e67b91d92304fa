import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeEnvelope, encodeEnvelope } from './envelope.ts'
import { ProtobufSyntaxError } from './syntax-error.ts'
import { decodeWatchEvent, frameWatchEvent } from './watch-event.ts'

const text = (value: string): number[] => [...value].map((character) => character.charCodeAt(0))

describe('envelope', () => {
  const body = encodeEnvelope({ apiVersion: 'v1', kind: 'Pod', raw: Uint8Array.of(1, 2) })

  test('has the magic, the type, the message and two texts', () => {
    expect([...body]).toEqual(
      [
        [0x6b, 0x38, 0x73, 0],
        [0x0a, 9, 0x0a, 2, ...text('v1'), 0x12, 3, ...text('Pod')],
        [0x12, 2, 1, 2],
        [0x1a, 0, 0x22, 0],
      ].flat(),
    )
  })

  test('is opened again', () => {
    expect(decodeEnvelope(body)).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      raw: Uint8Array.of(1, 2),
      contentEncoding: '',
      contentType: '',
    })
    const other = {
      apiVersion: 'a/v1',
      kind: 'B',
      raw: Uint8Array.of(),
      contentEncoding: 'gzip',
      contentType: 'application/json',
    }
    expect(decodeEnvelope(encodeEnvelope(other))).toEqual(other)
  })

  test('lacks nothing but what is not there', () => {
    expect(decodeEnvelope(Uint8Array.of(0x6b, 0x38, 0x73, 0, 0x12, 0))).toEqual({
      apiVersion: '',
      kind: '',
      raw: Uint8Array.of(),
      contentEncoding: '',
      contentType: '',
    })
  })

  test.each([
    { name: 'no bytes', bytes: [], message: 'empty data' },
    {
      name: 'another format',
      bytes: text('{"kind":"Pod"}'),
      message: 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    },
    {
      name: 'half of the magic',
      bytes: [0x6b, 0x38],
      message: 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    },
    { name: 'the magic alone', bytes: [0x6b, 0x38, 0x73, 0], message: 'empty body' },
    { name: 'a cut message', bytes: [0x6b, 0x38, 0x73, 0, 0x12, 9, 1], message: 'unexpected EOF' },
    {
      name: 'a number as type',
      bytes: [0x6b, 0x38, 0x73, 0, 0x08, 1],
      message: 'proto: wrong wireType = 0 for field Unknown',
    },
  ])('refuses $name', ({ bytes, message }) => {
    const open = (): unknown => decodeEnvelope(Uint8Array.from(bytes))
    expect(open).toThrow(ProtobufSyntaxError)
    expect(open).toThrow(message)
  })
})

describe('watch frames', () => {
  test('have a length, a type and a raw object', () => {
    const frame = frameWatchEvent('ADDED', Uint8Array.of(7, 8))
    expect([...frame]).toEqual([0, 0, 0, 13, 0x0a, 5, ...text('ADDED'), 0x12, 4, 0x0a, 2, 7, 8])
    expect(decodeWatchEvent(frame.subarray(4))).toEqual({ type: 'ADDED', object: Uint8Array.of(7, 8) })
  })

  test('have a length in big endian', () => {
    const frame = frameWatchEvent('MODIFIED', new Uint8Array(70_000))
    expect(new DataView(frame.buffer).getUint32(0)).toBe(frame.length - 4)
    expect(decodeWatchEvent(frame.subarray(4)).object).toHaveLength(70_000)
  })

  test('of random bytes decode to an event or a syntax error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        for (const read of [
          () => decodeWatchEvent(noise),
          () => decodeEnvelope(Uint8Array.of(0x6b, 0x38, 0x73, 0, ...noise)),
        ]) {
          try {
            expect(typeof read()).toBe('object')
          } catch (error) {
            expect(error).toBeInstanceOf(ProtobufSyntaxError)
          }
        }
      }),
    )
  })
})
