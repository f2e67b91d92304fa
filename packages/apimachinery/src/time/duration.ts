const units: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])

const maxNanoseconds = 2n ** 63n

/** A text that is no duration. The message is the one that API servers give. */
export class DurationSyntaxError extends Error {
  static {
    this.prototype.name = 'DurationSyntaxError'
  }
}

/**
 * Milliseconds (with a fraction, where there is one) of a duration such as `1h30m`, `-1.5s`, `100us` or `0`.
 * Throws DurationSyntaxError for anything else, also for more than about 292 years.
 */
export function parseDuration(text: string): number {
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  let rest = text.slice(sign.length)
  if (rest === '0') return 0
  if (rest === '') throw invalidDuration(text)
  let total = 0n
  while (rest !== '') {
    const part = readPart(rest, text)
    total += part.nanoseconds
    rest = rest.slice(part.length)
    if (total > maxNanoseconds) throw invalidDuration(text)
  }
  if (total === maxNanoseconds && sign !== '-') throw invalidDuration(text)
  return Number(sign === '-' ? -total : total) / 1e6
}

/** The shortest text for a duration in milliseconds: `1h0m30s`, `1.5s`, `250ms`, `0s`. Exact to nanoseconds for up to 40 days. */
export function formatDuration(ms: number): string {
  const nanoseconds = BigInt(Math.round(ms * 1e6))
  const sign = nanoseconds < 0n ? '-' : ''
  const amount = nanoseconds < 0n ? -nanoseconds : nanoseconds
  if (amount === 0n) return '0s'
  if (amount < 1_000n) return `${sign}${amount}ns`
  if (amount < 1_000_000n) return `${sign}${decimal(amount, 3)}µs`
  if (amount < 1_000_000_000n) return `${sign}${decimal(amount, 6)}ms`
  const minutes = amount / 60_000_000_000n
  const seconds = `${decimal(amount % 60_000_000_000n, 9)}s`
  if (minutes === 0n) return `${sign}${seconds}`
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`
}

interface Part {
  readonly nanoseconds: bigint
  readonly length: number
}

function readPart(rest: string, text: string): Part {
  const [number = ''] = /^[0-9]*(?:\.[0-9]*)?/.exec(rest) ?? []
  if (number === '' || number === '.') throw invalidDuration(text)
  const [name = ''] = /^[^.0-9]*/.exec(rest.slice(number.length)) ?? []
  if (name === '') throw new DurationSyntaxError(`time: missing unit in duration ${quoteBytes(text)}`)
  const unit = units.get(name)
  if (unit === undefined) {
    throw new DurationSyntaxError(`time: unknown unit ${quoteBytes(name)} in duration ${quoteBytes(text)}`)
  }
  const [whole = '', fraction = ''] = number.split('.')
  if (whole.length > 40) throw invalidDuration(text)
  const nanoseconds = BigInt(whole === '' ? 0 : whole) * unit + fractionOf(fraction, unit)
  return { nanoseconds, length: number.length + name.length }
}

/** Digits beyond those that 63 bits hold do not count, as in the servers whose durations these are. */
function fractionOf(digits: string, unit: bigint): bigint {
  const significant = digits.slice(0, 18)
  if (significant === '') return 0n
  return BigInt(Math.trunc(Number(significant) * (Number(unit) / 10 ** significant.length)))
}

function decimal(amount: bigint, places: number): string {
  const scale = 10n ** BigInt(places)
  const fraction = (amount % scale).toString().padStart(places, '0').replace(/0+$/, '')
  return fraction === '' ? `${amount / scale}` : `${amount / scale}.${fraction}`
}

function invalidDuration(text: string): DurationSyntaxError {
  return new DurationSyntaxError(`time: invalid duration ${quoteBytes(text)}`)
}

/** Duration errors quote differently from all others: every byte outside of printable ASCII as `\x…`. */
function quoteBytes(text: string): string {
  let quoted = ''
  for (const character of text) {
    if (character === '"' || character === '\\') quoted += `\\${character}`
    else if (/[\x20-\x7f]/.test(character)) quoted += character
    else quoted += escapedBytes(character)
  }
  return `"${quoted}"`
}

function escapedBytes(character: string): string {
  if (character.charCodeAt(0) < 0x20) return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  const wellFormed = /[\ud800-\udfff]/.test(character) && character.length === 1 ? '\ufffd' : character
  return encodeURIComponent(wellFormed).replaceAll('%', '\\x').toLowerCase()
}
