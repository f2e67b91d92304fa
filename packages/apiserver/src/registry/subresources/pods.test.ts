import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { ResourceDescription } from '@fairlead/openapi'
import { createMemoryStorage } from '@fairlead/storage'
import { createManualClock } from '@fairlead/storage/testing'
import { describe, expect, test } from 'vitest'
import type { ResourceStore } from '../generic/resource-store.ts'
import { createRegistry } from '../registry.ts'
import type { WriteOptions } from '../rest/capabilities.ts'
import { create, failureOf, testContext, write } from '../testing/harness.ts'
import { looseKind, widget, widgetDescription, widgetStatusStrategy, widgetStrategy } from '../testing/widget.ts'

const key = { namespace: 'ns', name: 'p' }

/** A resource whose creates keep the status, so that a test can set one up. */
function described(group: string, resource: string, kind: string): ResourceDescription {
  const apiVersion = group === '' ? 'v1' : `${group}/v1`
  const { versions } = widgetDescription()
  const action = { verbs: ['create'], type: { of: 'action' } } as const
  return widgetDescription({
    group,
    resource,
    kind,
    storage: { prefix: resource, apiVersion, kind },
    strategy: widgetStrategy({ prepareForCreate: (object) => (object.metadata.generation = 1) }),
    versions: versions.map((version) => ({ ...version, kind: looseKind(group, 'v1', kind) })),
    subresources: [
      {
        name: 'status',
        kind: { group, version: 'v1', kind },
        verbs: ['get', 'patch', 'update'],
        type: { of: 'object', strategy: widgetStatusStrategy() },
      },
      { name: 'binding', kind: { group: '', version: 'v1', kind: 'Binding' }, ...action },
      { name: 'eviction', kind: { group: 'policy', version: 'v1', kind: 'Eviction' }, ...action },
    ],
  })
}

async function cluster(pod: JsonObject, budget?: JsonObject) {
  const clock = createManualClock()
  const registry = createRegistry({
    storage: createMemoryStorage({ clock }),
    clock,
    descriptions: [described('', 'pods', 'Pod'), described('policy', 'poddisruptionbudgets', 'PodDisruptionBudget')],
    newUid: () => 'u-1',
  })
  const pods = registry.store('', 'pods') as ResourceStore
  const budgets = registry.store('policy', 'poddisruptionbudgets') as ResourceStore
  await create(
    pods,
    widget('p', { metadata: { labels: { app: 'a' } }, spec: {}, status: { phase: 'Running' }, ...pod }),
  )
  if (budget !== undefined) {
    await create(budgets, widget('pdb', { spec: { selector: { matchLabels: { app: 'a' } } }, ...budget }))
  }
  const perform = (subresource: string, object: KubeObject, options: Partial<WriteOptions> = {}) =>
    registry.find('', 'v1', 'pods', subresource)?.rest.perform?.(testContext(), key, object, write(options)) ??
    Promise.reject(new Error('not served'))
  return { pods, budgets, perform }
}

const bindingTo = (node: string, metadata: JsonObject = {}): KubeObject => ({
  kind: 'Binding',
  apiVersion: 'v1',
  metadata: { name: 'p', ...metadata },
  target: { kind: 'Node', name: node },
})
const eviction = (deleteOptions?: JsonObject): KubeObject => ({
  kind: 'Eviction',
  apiVersion: 'policy/v1',
  metadata: { name: 'p' },
  ...(deleteOptions && { deleteOptions }),
})
const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' }

describe('binding', () => {
  test('assigns the pod and copies annotations and labels', async () => {
    const { pods, perform } = await cluster({ status: { phase: 'Pending', nominatedNodeName: 'x' } })
    expect(await perform('binding', bindingTo('n1', { annotations: { a: '1' }, labels: { zone: 'z' } }))).toEqual(
      success,
    )
    expect((await pods.find(key))?.object()).toMatchObject({
      metadata: { annotations: { a: '1' }, labels: { app: 'a', zone: 'z' } },
      spec: { nodeName: 'n1' },
      status: {
        phase: 'Pending',
        conditions: [
          { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: '2023-11-14T22:13:20Z' },
        ],
      },
    })
  })

  test('a dry run assigns nothing', async () => {
    const { pods, perform } = await cluster({})
    await perform('binding', bindingTo('n1'), { dryRun: true })
    expect((await pods.find(key))?.object()['spec']).toEqual({})
  })

  const refused: readonly (readonly [string, JsonObject, KubeObject, number, string])[] = [
    [
      'an assigned pod',
      { spec: { nodeName: 'n0' } },
      bindingTo('n1'),
      409,
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n0"',
    ],
    [
      'a gated pod',
      { spec: { schedulingGates: [{ name: 'g' }] } },
      bindingTo('n1'),
      409,
      'Operation cannot be fulfilled on pods/binding "p": pod p has non-empty .spec.schedulingGates',
    ],
    ['another name', {}, bindingTo('n1', { name: 'q' }), 400, 'name in URL does not match name in Binding object'],
    ['no target', {}, bindingTo(''), 500, 'target.name: Required value'],
    [
      'another uid',
      {},
      bindingTo('n1', { uid: 'u-2' }),
      409,
      'Operation cannot be fulfilled on pods "p": StorageError: invalid object, Code: 4, Key: /registry/pods/ns/p, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: u-2, UID in object meta: u-1',
    ],
  ]
  test.each(refused)('%s is refused', async (_what, pod, binding, code, message) => {
    const { perform } = await cluster(pod)
    const failure = await failureOf(perform('binding', binding))
    expect([failure.code, failure.message]).toEqual([code, message])
  })

  test('a pod that is being deleted is refused', async () => {
    const { pods, perform } = await cluster({ metadata: { finalizers: ['example.com/x'] } })
    await pods.delete(testContext(), key, {}, write())
    const failure = await failureOf(perform('binding', bindingTo('n1')))
    expect(failure.message).toBe(
      'Operation cannot be fulfilled on pods/binding "p": pod p is being deleted, cannot be assigned to a host',
    )
  })
})

const blocked = "Cannot evict pod as it would violate the pod's disruption budget."
const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
const allowing = (disruptionsAllowed: number, more: JsonObject = {}): JsonObject => ({
  observedGeneration: 1,
  disruptionsAllowed,
  desiredHealthy: 2,
  currentHealthy: 2,
  ...more,
})

describe('eviction', () => {
  const allowed: readonly (readonly [string, JsonObject, JsonObject | undefined, number | undefined])[] = [
    ['no budget', ready, undefined, undefined],
    ['a budget with room', ready, { status: allowing(1) }, 0],
    ['a pending pod', { phase: 'Pending' }, { status: allowing(0) }, 0],
    ['a pod that has ended', { phase: 'Failed' }, { status: allowing(0) }, 0],
    ['an unready pod in a healthy budget', { phase: 'Running' }, { status: allowing(0) }, 0],
    ['a budget of other pods', ready, { spec: { selector: { matchLabels: { app: 'b' } } }, status: allowing(0) }, 0],
    ['a budget without a selector', ready, { spec: {}, status: allowing(0) }, 0],
  ]
  test.each(allowed)('%s: the pod goes', async (_what, status, budget, left) => {
    const { pods, budgets, perform } = await cluster({ status }, budget)
    expect(await perform('eviction', eviction())).toEqual(success)
    expect(await pods.find(key)).toBeUndefined()
    const after = (await budgets.find({ namespace: 'ns', name: 'pdb' }))?.object()['status'] as JsonObject | undefined
    expect(after?.['disruptionsAllowed']).toBe(left)
  })

  test('what a budget gave is noted there, and the reason in the pod', async () => {
    const pod = { status: ready, metadata: { labels: { app: 'a' }, finalizers: ['example.com/x'] } }
    const { pods, budgets, perform } = await cluster(pod, { status: allowing(1) })
    await perform('eviction', eviction())
    expect((await budgets.find({ namespace: 'ns', name: 'pdb' }))?.object()['status']).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { p: '2023-11-14T22:13:20Z' },
      conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }],
    })
    expect((await pods.find(key))?.object()).toMatchObject({
      metadata: { deletionTimestamp: '2023-11-14T22:13:20Z' },
      status: {
        conditions: [
          { type: 'Ready' },
          {
            type: 'DisruptionTarget',
            status: 'True',
            reason: 'EvictionByEvictionAPI',
            message: 'Eviction API: evicting',
          },
        ],
      },
    })
  })

  const refused: readonly (readonly [string, JsonObject, string, number])[] = [
    ['no room', allowing(0), 'The disruption budget pdb needs 2 healthy pods and has 2 currently', 0],
    [
      'not yet counted',
      allowing(1, { observedGeneration: 0 }),
      'The disruption budget pdb is still being processed by the server.',
      10,
    ],
    [
      'a failed sync',
      allowing(0, {
        conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: 'oops' }],
      }),
      'The disruption budget pdb does not allow evicting pods currently because it failed sync: oops',
      0,
    ],
  ]
  test.each(refused)('%s: too many requests', async (_what, status, message, retryAfterSeconds) => {
    const { pods, perform } = await cluster({ status: ready }, { status })
    const failure = await failureOf(perform('eviction', eviction()))
    expect([failure.code, failure.reason, failure.message]).toEqual([429, 'TooManyRequests', blocked])
    expect(failure.status.details?.causes).toEqual([{ reason: 'DisruptionBudget', message }])
    expect(failure.status.details?.retryAfterSeconds ?? 0).toBe(retryAfterSeconds)
    expect(await pods.find(key)).toBeDefined()
  })

  test('several budgets are more than the server knows to handle', async () => {
    const { budgets, perform } = await cluster({ status: ready }, { status: allowing(1) })
    await create(budgets, widget('other', { spec: { selector: {} }, status: allowing(1) }))
    const failure = await failureOf(perform('eviction', eviction()))
    expect([failure.code, failure.reason]).toEqual([500, ''])
    expect(failure.message).toBe(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  })

  test('preconditions and dry run are those of the deletion', async () => {
    const { pods, perform } = await cluster({ status: ready }, { status: allowing(2) })
    const failure = await failureOf(perform('eviction', eviction({ preconditions: { uid: 'u-2' } })))
    expect(failure.code).toBe(409)
    await perform('eviction', eviction({ dryRun: ['All'] }))
    expect((await pods.find(key))?.revision).toBe(2)
  })
})
