import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import type { ContentFound } from './delete-content.ts'
import { conditionsOf } from './deletion-conditions.ts'

const nothing: ContentFound = {
  remaining: new Map(),
  finalizers: new Map(),
  failures: [],
  undiscovered: new Map(),
  estimate: 0,
}
const held: ContentFound = {
  ...nothing,
  remaining: new Map([
    ['pods.', 2],
    ['deployments.apps', 1],
  ]),
  finalizers: new Map([['example.com/hold', 3]]),
}
const namespace = (conditions: readonly JsonObject[] = []): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'x' },
  status: { phase: 'Terminating', conditions: [...conditions] },
})
const first = Date.parse('2030-01-01T00:00:00Z')
const later = Date.parse('2030-01-01T00:01:00Z')
const byType = (conditions: readonly JsonObject[] | undefined, type: string) =>
  conditions?.find((condition) => condition['type'] === type)

test('a pass that finds the same writes nothing', () => {
  const conditions = conditionsOf(namespace(), held, first)
  expect(conditions).toHaveLength(5)
  expect(conditionsOf(namespace(conditions), held, later)).toBeUndefined()
})

test('the time changes with the status alone', () => {
  const before = conditionsOf(namespace(), held, first)
  const fewer = conditionsOf(namespace(before), { ...held, remaining: new Map([['pods.', 1]]) }, later)
  expect(byType(fewer, 'NamespaceContentRemaining')).toMatchObject({
    status: 'True',
    lastTransitionTime: '2030-01-01T00:00:00Z',
    message: 'Some resources are remaining: pods. has 1 resource instances',
  })
  const none = conditionsOf(namespace(before), nothing, later)
  expect(byType(none, 'NamespaceContentRemaining')).toMatchObject({
    status: 'False',
    lastTransitionTime: '2030-01-01T00:01:00Z',
  })
  expect(byType(none, 'NamespaceDeletionContentFailure')).toMatchObject({ lastTransitionTime: '2030-01-01T00:00:00Z' })
})

test('lists in messages are sorted, and conditions of others stay', () => {
  const other = { type: 'Other', status: 'True' }
  const conditions = conditionsOf(
    namespace([other]),
    { ...held, failures: [new Error('b'), new Error('a')], undiscovered: new Map([['x/v1', new Error('away')]]) },
    first,
  )
  expect(conditions).toContainEqual(other)
  expect(byType(conditions, 'NamespaceContentRemaining')?.['message']).toBe(
    'Some resources are remaining: deployments.apps has 1 resource instances, pods. has 2 resource instances',
  )
  expect(byType(conditions, 'NamespaceDeletionContentFailure')?.['message']).toBe(
    'Failed to delete all resource types, 2 remaining: a, b',
  )
  expect(byType(conditions, 'NamespaceDeletionDiscoveryFailure')?.['message']).toBe(
    'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: x/v1: away',
  )
})
