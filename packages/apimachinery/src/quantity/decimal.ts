/** The exact number `unscaled` × 10^`scale`. */
export interface Decimal {
  readonly unscaled: bigint
  readonly scale: number
}

/** Above this distance between two exponents, exact arithmetic is refused: it would take numbers without bound. */
const maxDistance = 10_000

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. Takes numbers of any exponent. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const signA = signOf(a)
  const signB = signOf(b)
  if (signA !== signB) return signA - signB
  if (signA === 0) return 0
  const magnitude = magnitudeOf(a) - magnitudeOf(b)
  if (magnitude !== 0) return magnitude > 0 ? signA : -signA
  const [left, right] = aligned(a, b)
  return left === right ? 0 : left < right ? -1 : 1
}

/** The sum. Throws RangeError when the exponents lie more than 10,000 apart. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.unscaled === 0n) return b
  if (b.unscaled === 0n) return a
  checkPower(Math.abs(a.scale - b.scale))
  const [left, right] = aligned(a, b)
  return { unscaled: left + right, scale: Math.min(a.scale, b.scale) }
}

/** The number at a scale of at least `scale`, rounded away from zero. */
export function roundUp(number: Decimal, scale: number): Decimal {
  if (number.unscaled === 0n || number.scale >= scale) return number
  const sign = number.unscaled < 0n ? -1n : 1n
  if (magnitudeOf(number) < scale) return { unscaled: sign, scale }
  const divisor = powerOfTen(scale - number.scale)
  const rounded = (number.unscaled * sign + divisor - 1n) / divisor
  return { unscaled: rounded * sign, scale }
}

/** The integer that the number is, or undefined when it has a fraction. Throws RangeError above 10^10,000. */
export function integerOf({ unscaled, scale }: Decimal): bigint | undefined {
  if (unscaled === 0n) return 0n
  checkPower(scale)
  if (scale >= 0) return unscaled * powerOfTen(scale)
  if (-scale > digitsOf(unscaled)) return undefined
  const divisor = powerOfTen(-scale)
  return unscaled % divisor === 0n ? unscaled / divisor : undefined
}

/** Takes out factors of ten, so that equal numbers look the same. Zero has scale 0. */
export function normalized({ unscaled, scale }: Decimal): Decimal {
  if (unscaled === 0n) return { unscaled: 0n, scale: 0 }
  const digits = unscaled.toString()
  const zeros = digits.length - digits.replace(/0+$/, '').length
  return { unscaled: unscaled / 10n ** BigInt(zeros), scale: scale + zeros }
}

/** Minus one, zero or one. */
export function signOf({ unscaled }: Decimal): number {
  return unscaled === 0n ? 0 : unscaled < 0n ? -1 : 1
}

/** The power of ten just above the number: 3 for 999, 4 for 1000. */
function magnitudeOf({ unscaled, scale }: Decimal): number {
  return digitsOf(unscaled) + scale
}

function digitsOf(value: bigint): number {
  return (value < 0n ? -value : value).toString().length
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint] {
  const scale = Math.min(a.scale, b.scale)
  return [a.unscaled * powerOfTen(a.scale - scale), b.unscaled * powerOfTen(b.scale - scale)]
}

function checkPower(exponent: number): void {
  if (exponent > maxDistance) throw new RangeError(`10^${exponent} is too large to compute with`)
}

function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent)
}
