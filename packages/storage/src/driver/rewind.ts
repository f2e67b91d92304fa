import { compareKeys } from './key-order.ts'

/** What un-applies one change: the state of `key` before it. */
export interface Undo<Item> {
  readonly key: string
  readonly previous?: Item | undefined
}

/**
 * Takes the newest items under a prefix back to a past revision.
 * @param items The newest items, in key order.
 * @param undos One entry for each change after that revision under the same prefix, oldest first.
 */
export function rewind<Item extends { readonly key: string }>(
  items: readonly Item[],
  undos: Iterable<Undo<Item>>,
): readonly Item[] {
  const before = new Map<string, Item | undefined>()
  for (const { key, previous } of undos) {
    if (!before.has(key)) before.set(key, previous)
  }
  if (before.size === 0) return items
  const restored = [...before.values()].filter((item) => item !== undefined)
  restored.sort((a, b) => compareKeys(a.key, b.key))
  const merged: Item[] = []
  let next = 0
  for (const item of items) {
    if (before.has(item.key)) continue
    for (let other = restored[next]; other && compareKeys(other.key, item.key) < 0; other = restored[++next]) {
      merged.push(other)
    }
    merged.push(item)
  }
  for (let other = restored[next]; other; other = restored[++next]) merged.push(other)
  return merged
}
