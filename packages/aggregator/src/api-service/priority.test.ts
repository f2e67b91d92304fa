import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sortedByGroupAndVersion } from './priority.ts'

const service = (group: string, version: string, groupPriorityMinimum: number, versionPriority: number) => ({
  name: `${version}.${group}`,
  group,
  version,
  groupPriorityMinimum,
  versionPriority,
})

test('ORD-1: the highest priority among its versions decides the place of a group, then the name', () => {
  const groups = sortedByGroupAndVersion([
    service('b.io', 'v1', 100, 1),
    service('a.io', 'v1', 100, 1),
    service('c.io', 'v1', 50, 1),
    service('c.io', 'v2', 200, 1),
  ])
  expect(groups.map(([first]) => first?.group)).toEqual(['c.io', 'a.io', 'b.io'])
})

test('ORD-2 ORD-3: versions by priority, then as Kubernetes orders versions', () => {
  const versions = ['foo10', 'v11alpha2', 'v2', 'v3beta1', 'v10', 'foo1', 'v12alpha1', 'v1', 'v11beta2', 'v10beta3']
  const [group] = sortedByGroupAndVersion([
    ...versions.map((version) => service('a.io', version, 1, 10)),
    service('a.io', 'v0first', 1, 11),
  ])
  expect(group?.map(({ version }) => version)).toEqual([
    'v0first',
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v12alpha1',
    'v11alpha2',
    'foo1',
    'foo10',
  ])
})

test('ORD: the order given does not matter, and nothing is lost', () => {
  const one = fc.record({
    group: fc.constantFrom('a', 'b', 'c'),
    version: fc.constantFrom('v1', 'v2', 'v1beta1'),
    groupPriorityMinimum: fc.integer({ min: 1, max: 3 }),
    versionPriority: fc.integer({ min: 1, max: 3 }),
  })
  const some = fc.uniqueArray(one, { selector: ({ group, version }) => `${version}.${group}` })
  fc.assert(
    fc.property(some, (given) => {
      const named = given.map((entry) => ({ ...entry, name: `${entry.version}.${entry.group}` }))
      const sorted = sortedByGroupAndVersion(named)
      expect(sortedByGroupAndVersion([...named].reverse())).toEqual(sorted)
      expect(sorted.flat()).toHaveLength(named.length)
    }),
  )
})
