import { compareDecimals, type Decimal, roundUp, signOf } from './decimal.ts'
import { Quantity } from './quantity.ts'
import { parseSuffix, type SuffixMeaning } from './suffix.ts'

/** A text that is no quantity. The message is the one that API servers give. */
export class QuantitySyntaxError extends Error {
  static {
    this.prototype.name = 'QuantitySyntaxError'
  }
}

const pattern = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/
const smallestScale = -9
const one: Decimal = { unscaled: 1n, scale: 0 }
const largestBinary: Decimal = { unscaled: 2n ** 63n - 1n, scale: 0 }

/**
 * Reads a quantity: a decimal number with a suffix (`n u m k M G T P E`, `Ki Mi Gi Ti Pi Ei`) or an exponent (`e3`).
 * What is finer than 10^-9 is rounded away from zero; a binary amount above 2^63 - 1 becomes that.
 * Throws QuantitySyntaxError.
 */
export function parseQuantity(text: string): Quantity {
  const match = text === '' ? null : pattern.exec(text)
  if (match === null) {
    throw new QuantitySyntaxError(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )
  }
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match
  const meaning = parseSuffix(suffix)
  if (meaning === undefined) throw new QuantitySyntaxError("unable to parse quantity's suffix")
  const parts = { whole: whole.replace(/^0+/, '') || '0', fraction, meaning }
  if (whole === '' && fraction === '' && !isShort(parts)) {
    throw new QuantitySyntaxError('unable to parse numeric part of quantity')
  }
  const value = valueOf(sign, parts)
  const becameSmall = meaning.format === 'BinarySI' && isBelowOne(value)
  return new Quantity(value, becameSmall ? 'DecimalSI' : meaning.format, keptText(text, parts))
}

/** The quantity that a JSON number stands for. */
export function quantityFromNumber(value: number | bigint): Quantity {
  return parseQuantity(String(value))
}

interface Parts {
  /** Without leading zeros, but at least one digit. */
  readonly whole: string
  readonly fraction: string
  readonly meaning: SuffixMeaning
}

function valueOf(sign: string, { whole, fraction, meaning }: Parts): Decimal {
  const digits = BigInt(whole + fraction)
  const unscaled = meaning.base === 2 ? digits << BigInt(meaning.exponent) : digits
  const scale = (meaning.base === 10 ? meaning.exponent : 0) - fraction.length
  const rounded = roundUp({ unscaled, scale }, smallestScale)
  const limited = meaning.format === 'BinarySI' && compareDecimals(rounded, largestBinary) > 0 ? largestBinary : rounded
  return sign === '-' ? { unscaled: -limited.unscaled, scale: limited.scale } : limited
}

function isBelowOne(value: Decimal): boolean {
  const magnitude = value.unscaled < 0n ? { unscaled: -value.unscaled, scale: value.scale } : value
  return signOf(magnitude) > 0 && compareDecimals(magnitude, one) < 0
}

/**
 * Servers keep the spelling of short numbers that look canonical to a quick check, which also lets through some that
 * are not, such as `1.500`, `1.` and `+1`. All others print in canonical form.
 */
function keptText(text: string, parts: Parts): string | undefined {
  const { whole, fraction, meaning } = parts
  const digits = whole + fraction
  if (!isShort(parts)) return undefined
  if (meaning.format === 'BinarySI') return (BigInt(digits) & 7n) === 0n ? undefined : text
  const scale = meaning.exponent - fraction.length
  return scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0') ? text : undefined
}

/** Whether the number fits into 63 bits for certain, by the count of its digits, and is no finer than 10^-9. */
function isShort({ whole, fraction, meaning }: Parts): boolean {
  if (meaning.format !== 'BinarySI') {
    return 18 - whole.length - fraction.length >= 0 && meaning.exponent - fraction.length >= smallestScale
  }
  return fraction === '' && 15 - whole.length - Math.trunc((meaning.exponent * 3) / 10) - 1 >= 0
}
