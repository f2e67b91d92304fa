import * as sortedBTree from 'sorted-btree'
import { compareKeys, prefixEnd, rangeStart } from './key-order.ts'

/** Values by key in bytewise key order. Lookups and changes are logarithmic; `count` costs a walk over leaf nodes. */
export interface OrderedMap<Value> {
  readonly size: number
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
  /** Up to `limit` values under the prefix behind `after`; all when `limit` is 0. */
  range(prefix: string, after?: string, limit?: number): Value[]
  /** How many keys under the prefix lie behind `after`. */
  count(prefix: string, after?: string): number
}

type TreeConstructor = new <Value>(
  entries: undefined,
  compare: (a: string, b: string) => number,
) => InstanceType<typeof sortedBTree.default.default<string, Value>>

/**
 * The package is CommonJS with a `default` property: Node hands out the whole module object as the default import,
 * bundlers and test runners hand out the class.
 */
function treeConstructor(): TreeConstructor {
  const module: unknown = sortedBTree.default
  if (typeof module === 'function') return module as TreeConstructor
  return (module as { readonly default: TreeConstructor }).default
}

/** An empty map. */
export function createOrderedMap<Value>(): OrderedMap<Value> {
  const Tree = treeConstructor()
  const tree = new Tree<Value>(undefined, compareKeys)
  return {
    get size() {
      return tree.size
    },
    get: (key) => tree.get(key),
    set(key, value) {
      tree.set(key, value)
    },
    delete(key) {
      tree.delete(key)
    },
    range(prefix, after, limit = 0) {
      const values: Value[] = []
      const start = rangeStart(prefix, after)
      const end = prefixEnd(prefix)
      if (compareKeys(start, end) >= 0) return values
      tree.editRange(start, end, false, (_key, value) => {
        values.push(value)
        return values.length === limit ? { break: true } : undefined
      })
      return values
    },
    count(prefix, after) {
      const start = rangeStart(prefix, after)
      const end = prefixEnd(prefix)
      return compareKeys(start, end) < 0 ? tree.forRange(start, end, false) : 0
    },
  }
}
