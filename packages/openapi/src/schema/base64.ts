import { TypeMismatchError } from './type-mismatch-error.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const values: Int8Array = alphabetValues()
const newline = 10
const carriageReturn = 13
const padding = 61

/**
 * The canonical spelling of base64 text: line breaks are dropped, unused bits are cleared. Throws `TypeMismatchError`
 * with the offset at which a decoder gives up.
 */
export function decodeBytes(text: string): string {
  const bad = badOffset(text)
  if (bad >= 0) throw new TypeMismatchError(`illegal base64 data at input byte ${bad}`)
  return clearUnusedBits(text.includes('\n') || text.includes('\r') ? text.replaceAll(/[\r\n]/g, '') : text)
}

function alphabetValues(): Int8Array {
  const table = new Int8Array(128).fill(-1)
  for (let value = 0; value < alphabet.length; value += 1) table[alphabet.charCodeAt(value)] = value
  return table
}

/** -1 when the text is whole groups of four, the last one perhaps padded. */
function badOffset(text: string): number {
  let group = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === newline || code === carriageReturn) continue
    if (code === padding) return badPadding(text, index, group)
    if (code > 127 || (values[code] as number) < 0) return index
    group = (group + 1) % 4
  }
  return group === 0 ? -1 : text.length - group
}

/** Checks the padding whose first character stands at `index`, after `group` characters of the last group. */
function badPadding(text: string, index: number, group: number): number {
  if (group < 2) return index
  let next = skipLineBreaks(text, index + 1)
  if (group === 2) {
    if (next === text.length) return text.length
    if (text.charCodeAt(next) !== padding) return next - 1
    next = skipLineBreaks(text, next + 1)
  }
  return next < text.length ? next : -1
}

function skipLineBreaks(text: string, from: number): number {
  let index = from
  while (text.charCodeAt(index) === newline || text.charCodeAt(index) === carriageReturn) index += 1
  return index
}

function clearUnusedBits(text: string): string {
  const padded = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  if (padded === 0) return text
  const last = text.length - padded - 1
  const value = values[text.charCodeAt(last)] as number
  const cleared = value & (padded === 2 ? 0b110000 : 0b111100)
  return cleared === value ? text : `${text.slice(0, last)}${alphabet[cleared]}${'='.repeat(padded)}`
}
