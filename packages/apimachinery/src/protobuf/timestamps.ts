/** The Timestamp message {1: seconds, 2: nanos}; the zero time of Go is an empty message. */
import { type BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { formatTimestamp, parseTimestamp } from '../time/timestamp.ts'
import { ProtobufSyntaxError } from './syntax-error.ts'

/** 0001-01-01T00:00:00Z, which Go takes for "no time". */
const zeroTimeSeconds = -62_135_596_800
const firstSecond = -62_167_219_200
const lastSecond = 253_402_300_799

/** Writes the fields of a Timestamp from RFC 3339 text; nothing for a missing, unreadable or zero time. */
export function writeTimestamp(writer: BinaryWriter, text: string, precision: 'seconds' | 'micros'): void {
  const milliseconds = parseTimestamp(text)
  if (milliseconds === undefined) return
  const seconds = Math.floor(milliseconds / 1000)
  const micros = precision === 'micros' ? microseconds(text) : 0
  if (seconds === zeroTimeSeconds && micros === 0) return
  writer.tag(1, WireType.Varint).int64(seconds)
  writer.tag(2, WireType.Varint).int32(micros * 1000)
}

function microseconds(text: string): number {
  const fraction = /[.,](\d+)/.exec(text)?.[1] ?? ''
  return Number(fraction.slice(0, 6).padEnd(6, '0'))
}

/** Seconds and nanos as read from the wire, as RFC 3339 text; undefined for the zero time. */
export function timestampText(
  seconds: number | bigint,
  nanos: number,
  precision: 'seconds' | 'micros',
): string | undefined {
  const micros = precision === 'micros' ? Math.trunc(nanos / 1000) : 0
  const carry = Math.floor(micros / 1_000_000)
  const wholeSeconds = Number(seconds) + carry
  const rest = micros - carry * 1_000_000
  if (wholeSeconds === zeroTimeSeconds && rest === 0) return undefined
  if (wholeSeconds < firstSecond || wholeSeconds > lastSecond) {
    throw new ProtobufSyntaxError('timestamp is outside of the years 0 to 9999')
  }
  const text = formatTimestamp(wholeSeconds * 1000)
  return precision === 'seconds' ? text : text.replace(/Z$/, `.${String(rest).padStart(6, '0')}Z`)
}
