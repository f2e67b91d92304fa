import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyOf } from '../object-key.ts'
import { IndexedStore, namespaceIndex } from './store.ts'

interface Thing {
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly colors: readonly string[]
}

const thing = (namespace: string, name: string, colors: readonly string[] = []): Thing => ({
  metadata: { name, ...(namespace === '' ? {} : { namespace }) },
  colors,
})
const keys = (things: readonly Thing[]): string[] =>
  things.map(({ metadata }) => keyOf(metadata.namespace, metadata.name)).toSorted()

const place = fc.record({ namespace: fc.constantFrom('', 'x', 'y'), name: fc.constantFrom('a', 'b', 'c') })
const colors = fc.array(fc.constantFrom('red', 'green'), { maxLength: 3 })
const step = fc.record({ place, colors, isDeletion: fc.boolean() })

test('holds what was set and not deleted, under its key, its namespace and its indexes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const store = new IndexedStore<Thing>({ color: ({ colors: all }) => all })
      const model = new Map<string, Thing>()
      for (const { place: at, colors: all, isDeletion } of steps) {
        const key = keyOf(at.namespace, at.name)
        const next = thing(at.namespace, at.name, all)
        expect(isDeletion ? store.delete(next) : store.set(next)).toBe(model.get(key))
        if (isDeletion) model.delete(key)
        else model.set(key, next)
      }
      store.addIndexer('first color', ({ colors: all }) => all.slice(0, 1))
      const all = [...model.values()]
      const where = (isThere: (one: Thing) => boolean) => keys(all.filter(isThere))
      expect(store.size).toBe(model.size)
      expect([...store.keys()].toSorted()).toEqual([...model.keys()].toSorted())
      expect(keys([...store.values()])).toEqual(keys(all))
      expect(keys(store.list())).toEqual(keys(all))
      for (const [key, object] of model) expect(store.get(key)).toBe(object)
      for (const namespace of ['', 'x', 'y', 'z']) {
        const expected = where(({ metadata }) => (metadata.namespace ?? '') === namespace)
        expect(keys(store.list(namespace))).toEqual(expected)
        expect(keys(store.byIndex(namespaceIndex, namespace))).toEqual(expected)
      }
      for (const color of ['red', 'green']) {
        expect(keys(store.byIndex('color', color))).toEqual(where((one) => one.colors.includes(color)))
        expect(keys(store.byIndex('first color', color))).toEqual(where((one) => one.colors[0] === color))
      }
      expect(store.indexValues('color').toSorted()).toEqual([...new Set(all.flatMap((one) => one.colors))].toSorted())
      expect(store.indexValues(namespaceIndex).toSorted()).toEqual(
        [...new Set(all.map(({ metadata }) => metadata.namespace ?? ''))].toSorted(),
      )
    }),
  )
})

describe('an index', () => {
  const indexer = ({ colors: all }: Thing) => all

  test('may be added again, by its own function only', () => {
    const store = new IndexedStore<Thing>()
    store.addIndexer('color', indexer)
    store.set(thing('x', 'a', ['red']))
    store.addIndexer('color', indexer)
    expect(store.byIndex('color', 'red')).toHaveLength(1)
    expect(() => store.addIndexer('color', () => [])).toThrow('there is an index "color" already')
    expect(() => store.addIndexer(namespaceIndex, indexer)).toThrow('there is an index "namespace" already')
  })

  test('that is not there cannot be asked', () => {
    expect(() => new IndexedStore<Thing>().byIndex('color', 'red')).toThrow('there is no index "color"')
  })
})
