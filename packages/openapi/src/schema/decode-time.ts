import { quote } from '@fairlead/apimachinery'
import { TypeMismatchError } from './type-mismatch-error.ts'

const timeLayout = '2006-01-02T15:04:05Z07:00'
const microTimeLayout = '2006-01-02T15:04:05.000000Z07:00'
const zeroTime = -62135596800000

/** An RFC 3339 time in UTC and whole seconds; null for the zero time. Throws `TypeMismatchError` with Go's text. */
export function decodeTime(text: string): string | null {
  if (isCanonical(text)) return text
  const milliseconds = parse(text, timeLayout).milliseconds
  return milliseconds === zeroTime ? null : `${isoSeconds(milliseconds)}Z`
}

/** An RFC 3339 time with six digits of fraction, in UTC; null for the zero time. Throws like `decodeTime`. */
export function decodeMicroTime(text: string): string | null {
  const { milliseconds, fraction } = parse(text, microTimeLayout)
  if (milliseconds === zeroTime && fraction === '000000') return null
  return `${isoSeconds(milliseconds)}.${fraction}Z`
}

const canonical = /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

/** The usual case, read without taking it apart. */
function isCanonical(text: string): boolean {
  if (!canonical.test(text)) return false
  const milliseconds = Date.parse(text)
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(text.slice(0, 19))
}

/** Without the `Z`. */
function isoSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, '')
}

interface Parsed {
  readonly milliseconds: number
  readonly fraction: string
}

/** The parts of the layouts in order; hours may have one digit. */
const elements: readonly (readonly [layout: string, pattern: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d?/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
  ['05', /^\d\d/],
]

function parse(text: string, layout: string): Parsed {
  const failure = (detail: string) => new TypeMismatchError(`parsing time ${quote(text)}${detail}`)
  const unexpected = (rest: string, element: string) =>
    failure(` as ${quote(layout)}: cannot parse ${quote(rest)} as ${quote(element)}`)
  let rest = text
  const numbers: number[] = []
  for (const [element, pattern] of elements) {
    const match = pattern.exec(rest)?.[0]
    if (match === undefined) throw unexpected(rest, element)
    if (element.length > 1) {
      const number = Number(match)
      const outside = rangeName(element, number)
      if (outside !== undefined) throw failure(`: ${outside} out of range`)
      numbers.push(number)
    }
    rest = rest.slice(match.length)
  }
  let fraction = ''
  if (layout === microTimeLayout) {
    fraction = /^[.,]\d{6}/.exec(rest)?.[0].slice(1) ?? ''
    if (fraction === '') throw unexpected(rest, '.000000')
    rest = rest.slice(7)
  } else {
    const digits = /^[.,]\d+/.exec(rest)?.[0] ?? ''
    rest = rest.slice(digits.length)
  }
  const zone = /^(?:Z|([+-])(\d\d):(\d\d))/.exec(rest)
  if (zone === null) throw unexpected(rest, 'Z07:00')
  if (Number(zone[2] ?? 0) > 24) throw failure(': time zone offset hour out of range')
  if (Number(zone[3] ?? 0) > 60) throw failure(': time zone offset minute out of range')
  if (rest.length > zone[0].length) throw failure(`: extra text: ${quote(rest.slice(zone[0].length))}`)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers
  if (day < 1 || day > daysIn(year, month)) throw failure(': day out of range')
  const offset = (zone[1] === '-' ? -1 : 1) * (Number(zone[2] ?? 0) * 60 + Number(zone[3] ?? 0))
  return { milliseconds: utc([year, month, day]) + ((hour * 60 + minute - offset) * 60 + second) * 1000, fraction }
}

/** The name of the part that is out of range, if it is. */
function rangeName(element: string, value: number): string | undefined {
  if (element === '01' && (value < 1 || value > 12)) return 'month'
  if (element === '15' && value > 23) return 'hour'
  if (element === '04' && value > 59) return 'minute'
  if (element === '05' && value > 59) return 'second'
  return undefined
}

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Midnight of a date, in milliseconds; `Date.UTC` alone reads years below 100 as 19xx. */
function utc([year, month, day]: readonly [number, number, number]): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getTime()
}
