import { setImmediate as nextTurn } from 'node:timers/promises'

const sliceMs = 4
const lookEvery = 32

/** Keeps what matches, in order, without holding the event loop for longer than a few milliseconds at a time. */
export async function filterInTurns<T>(
  items: readonly T[],
  options: {
    readonly matches: (item: T) => boolean
    /** Stops after this many matches; 0 for all. */
    readonly limit: number
  },
): Promise<{ readonly kept: T[] /** How many items were looked at. */; readonly seen: number }> {
  const { matches, limit } = options
  const kept: T[] = []
  let sliceEnd = performance.now() + sliceMs
  for (const [index, item] of items.entries()) {
    if (index % lookEvery === lookEvery - 1 && performance.now() > sliceEnd) {
      await nextTurn()
      sliceEnd = performance.now() + sliceMs
    }
    if (matches(item)) kept.push(item)
    if (limit > 0 && kept.length === limit) return { kept, seen: index + 1 }
  }
  return { kept, seen: items.length }
}
