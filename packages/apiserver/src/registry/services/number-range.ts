/** So many things that can be given out, numbered from 0. */
export interface NumberRange {
  readonly size: number
  /** The first ones are left to those who ask for one by name, as long as there are others. */
  readonly reserved: number
}

/**
 * Every number of a range once: the upper part from a random place on, then the reserved part likewise. `random` yields
 * [0, 1).
 */
export function* candidates({ size, reserved }: NumberRange, random: () => number): Generator<number> {
  yield* fromRandomPlace(reserved, size, random)
  yield* fromRandomPlace(0, reserved, random)
}

function* fromRandomPlace(from: number, to: number, random: () => number): Generator<number> {
  const count = to - from
  const start = Math.floor(random() * count)
  for (let index = 0; index < count; index += 1) yield from + ((start + index) % count)
}

/** How many of a range are reserved: one in `step`, at least 16 and at most `maximum`; none of a small range. */
export function reservedOf(
  size: number,
  { step, maximum }: { readonly step: number; readonly maximum: number },
): number {
  const minimum = 16
  return size <= minimum ? 0 : Math.min(Math.max(minimum, Math.floor(size / step)), maximum)
}
