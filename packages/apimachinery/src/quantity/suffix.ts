/** How a quantity is written: `12M`, `12Mi` or `12e6`. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

/** What a suffix means: the number before it times `base` to the power of `exponent`. */
export interface SuffixMeaning {
  readonly format: QuantityFormat
  readonly base: 2 | 10
  readonly exponent: number
}

const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** The largest power of ten, and of 1024, that has a suffix. */
export const maxDecimalExponent: number = 18
export const maxBinaryStep: number = binarySuffixes.length - 1

/** Reads a suffix; undefined when there is no such. Exponents wrap around at 32 bits. */
export function parseSuffix(suffix: string): SuffixMeaning | undefined {
  const decimal = decimalSuffixes.indexOf(suffix)
  if (decimal >= 0) return { format: 'DecimalSI', base: 10, exponent: decimal * 3 - 9 }
  const binary = binarySuffixes.indexOf(suffix)
  if (binary > 0) return { format: 'BinarySI', base: 2, exponent: binary * 10 }
  const exponent = parseExponent(suffix)
  return exponent === undefined ? undefined : { format: 'DecimalExponent', base: 10, exponent }
}

/** The suffix of a power of ten; `exponent` is a multiple of three and, for DecimalSI, from -9 to 18. */
export function decimalSuffix(exponent: number, format: QuantityFormat): string {
  if (format === 'DecimalSI') return decimalSuffixes[exponent / 3 + 3] ?? ''
  return exponent === 0 ? '' : `e${exponent}`
}

/** The suffix of 1024 to the power of `step`, from 0 to 6. */
export function binarySuffix(step: number): string {
  return binarySuffixes[step] ?? ''
}

function parseExponent(suffix: string): number | undefined {
  const match = /^[eE]([+-]?)([0-9]+)$/.exec(suffix)
  if (match === null) return undefined
  const [, sign = '', digits = ''] = match
  if (digits.replace(/^0+/, '').length > 19) return undefined
  const value = BigInt(sign === '-' ? `-${digits}` : digits)
  if (BigInt.asIntN(64, value) !== value) return undefined
  return Number(BigInt.asIntN(32, value))
}
