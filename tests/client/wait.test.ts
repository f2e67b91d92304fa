import type { KubeObject } from '@fairlead/apimachinery'
import {
  awaitCondition,
  createClient,
  everyCondition,
  hasCondition,
  isDeleted,
  isDeploymentComplete,
  notCondition,
  someCondition,
  type WaitCondition,
} from '@fairlead/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

let controlPlane: TestControlPlane
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
})
afterAll(() => controlPlane.stop())

const configMaps = () => createClient(controlPlane.transport).resource('v1', 'configmaps').namespace('default')
const configMap = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
const isLabelled: WaitCondition<KubeObject> = (object) => object?.metadata.labels?.['ready'] === 'yes'

describe('waiting for an object', () => {
  test('that is as it should be ends at once, that is not there too', async () => {
    await configMaps().create(configMap('there'))
    const there = await awaitCondition(configMaps(), 'there', notCondition(isDeleted()))
    expect(there?.metadata.name).toBe('there')
    expect(await awaitCondition(configMaps(), 'absent', isDeleted())).toBeUndefined()
  })

  test('goes on through its creation and its changes, and sees no other object', async () => {
    const seen: (string | undefined)[] = []
    const waiting = awaitCondition(configMaps(), 'later', (object) => {
      seen.push(object?.metadata.name)
      return isLabelled(object)
    })
    await expect.poll(() => seen).toEqual([undefined])
    await configMaps().create({ ...configMap('other'), metadata: { name: 'other', labels: { ready: 'yes' } } })
    await configMaps().create(configMap('later'))
    await configMaps().patch('later', { metadata: { labels: { ready: 'yes' } } }, { type: 'merge' })
    expect((await waiting)?.metadata.labels).toEqual({ ready: 'yes' })
    expect(new Set(seen)).toEqual(new Set([undefined, 'later']))
  })

  test('tells an object that was replaced from one that is still there', async () => {
    const created = await configMaps().create(configMap('replaced'))
    const waiting = awaitCondition(configMaps(), 'replaced', isDeleted(created.metadata.uid))
    await configMaps().delete('replaced')
    await configMaps().create(configMap('replaced'))
    expect((await waiting)?.metadata.uid).not.toBe(created.metadata.uid)
  })

  test('ends with the signal, and with a refusal', async () => {
    const reason = new Error('enough')
    const stopping = new AbortController()
    const waiting = awaitCondition(configMaps(), 'absent', isLabelled, stopping.signal)
    stopping.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    const nothing = createClient(controlPlane.transport).resource('v1', 'nothings')
    await expect(awaitCondition(nothing, 'a', isLabelled)).rejects.toMatchObject({ code: 404 })
  })
})

const conditions = (...list: [type: string, status: string][]) =>
  ({ metadata: {}, status: { conditions: list.map(([type, status]) => ({ type, status })) } }) as unknown as undefined
const deployment = (generation: number, status: object, replicas?: number) =>
  ({ metadata: { generation }, spec: { replicas }, status }) as unknown as undefined
const done = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 }

test.each<[string, WaitCondition<never>, undefined, boolean]>([
  ['a condition', hasCondition('Ready'), conditions(['Other', 'True'], ['Ready', 'True']), true],
  ['a condition that is not so', hasCondition('Ready'), conditions(['Ready', 'Unknown']), false],
  ['of another status', hasCondition('Ready', 'False'), conditions(['Ready', 'False']), true],
  ['no conditions', hasCondition('Ready'), { metadata: {} } as unknown as undefined, false],
  ['no object', hasCondition('Ready'), undefined, false],
  ['a Deployment', isDeploymentComplete, deployment(2, done), true],
  ['whose spec is newer', isDeploymentComplete, deployment(3, done), false],
  ['that wants more', isDeploymentComplete, deployment(2, done, 2), false],
  ['with old replicas', isDeploymentComplete, deployment(2, { ...done, replicas: 2 }), false],
  ['whose replicas are not available', isDeploymentComplete, deployment(2, { ...done, availableReplicas: 0 }), false],
  ['of no replicas', isDeploymentComplete, deployment(2, { observedGeneration: 2 }, 0), true],
  ['no Deployment', isDeploymentComplete, undefined, false],
  ['every', everyCondition(hasCondition('A'), hasCondition('B')), conditions(['A', 'True'], ['B', 'False']), false],
  ['some', someCondition(hasCondition('A'), hasCondition('B')), conditions(['A', 'True'], ['B', 'False']), true],
])('%s', (_title, condition, object, expected) => {
  expect([condition(object), notCondition(condition)(object)]).toEqual([expected, !expected])
})
