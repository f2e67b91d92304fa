import { addDecimals, compareDecimals, type Decimal, integerOf, normalized, signOf } from './decimal.ts'
import { binarySuffix, decimalSuffix, maxBinaryStep, maxDecimalExponent, type QuantityFormat } from './suffix.ts'

/**
 * An exact amount, such as `500m` of CPU or `2Gi` of memory, together with how it likes to be written. Immutable.
 * Arithmetic is exact; where the exponents of two amounts lie more than 10,000 apart, it throws RangeError.
 */
export class Quantity {
  readonly format: QuantityFormat
  readonly #value: Decimal
  #text: string | undefined

  /** @param text How the amount prints; its canonical form when absent. */
  constructor(value: Decimal, format: QuantityFormat, text?: string) {
    this.#value = value
    this.format = format
    this.#text = text
  }

  get isZero(): boolean {
    return this.#value.unscaled === 0n
  }

  /** -1, 0 or 1. */
  get sign(): number {
    return signOf(this.#value)
  }

  /** The nearest floating-point number. */
  toNumber(): number {
    return Number(`${this.#value.unscaled}e${this.#value.scale}`)
  }

  /** The amount in units of 10^`exponent`, rounded away from zero: `scaled(-3)` counts in thousandths. */
  scaled(exponent: number): bigint {
    const { unscaled, scale } = this.#value
    if (unscaled === 0n) return 0n
    const shifted = { unscaled, scale: scale - exponent }
    return integerOf(shifted) ?? awayFromZero(shifted)
  }

  /** Negative, zero or positive, as this is less than, equal to or greater than `other`. */
  compare(other: Quantity): number {
    return compareDecimals(this.#value, other.#value)
  }

  /** The sum, in the format of this unless this is zero. */
  add(other: Quantity): Quantity {
    return new Quantity(addDecimals(this.#value, other.#value), this.isZero ? other.format : this.format)
  }

  /** The difference, in the format of this unless this is zero. */
  sub(other: Quantity): Quantity {
    return this.add(other.negate())
  }

  negate(): Quantity {
    return new Quantity({ unscaled: -this.#value.unscaled, scale: this.#value.scale }, this.format)
  }

  /**
   * The text that stands on the wire: canonical (the largest suffix that leaves no fraction), except that what was
   * parsed keeps the spelling that API servers keep, such as `1.500` and `+1`.
   */
  toString(): string {
    this.#text ??= canonicalText(this.#value, this.format)
    return this.#text
  }

  /** The canonical text, whatever was parsed. */
  toCanonicalString(): string {
    return canonicalText(this.#value, this.format)
  }

  toJSON(): string {
    return this.toString()
  }
}

function canonicalText(value: Decimal, format: QuantityFormat): string {
  if (value.unscaled === 0n) return '0'
  if (format !== 'BinarySI') return decimalText(value, format)
  return binaryText(value) ?? decimalText(value, 'DecimalSI')
}

/** Undefined for fractions and for less than one Ki, which are written in decimal. */
function binaryText(value: Decimal): string | undefined {
  let amount = integerOf(value)
  if (amount === undefined || (amount > -1024n && amount < 1024n)) return undefined
  let step = 0
  while (step < maxBinaryStep && amount % 1024n === 0n) {
    amount /= 1024n
    step++
  }
  return `${amount}${binarySuffix(step)}`
}

function decimalText(value: Decimal, format: QuantityFormat): string {
  const { unscaled, scale } = normalized(value)
  let exponent = Math.floor(scale / 3) * 3
  if (format === 'DecimalSI') exponent = Math.min(exponent, maxDecimalExponent)
  const zeros = scale - exponent
  if (zeros > maxPrintedZeros) return decimalText(value, 'DecimalExponent')
  return `${unscaled}${'0'.repeat(zeros)}${decimalSuffix(exponent, format)}`
}

/** A number that would need more zeros than this behind the largest suffix is written with an exponent. */
const maxPrintedZeros = 64

function awayFromZero({ unscaled, scale }: Decimal): bigint {
  const sign = unscaled < 0n ? -1n : 1n
  const digits = (unscaled * sign).toString()
  return sign * ((scale <= -digits.length ? 0n : BigInt(digits.slice(0, scale))) + 1n)
}
