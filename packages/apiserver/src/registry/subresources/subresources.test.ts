import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import type { ServedResource } from '../../endpoints/served-resource.ts'
import type { AdmissionHooks, UpdateRequest } from '../rest/capabilities.ts'
import { create, createHarness, failureOf, patch, put, testContext, write } from '../testing/harness.ts'
import type { RegistryHarness } from '../testing/harness.ts'
import { widget } from '../testing/widget.ts'

const key = { namespace: 'ns', name: 'a' }

describe('scale', () => {
  async function scaled(): Promise<{ harness: RegistryHarness; scale: ServedResource }> {
    const harness = createHarness({}, { newUid: () => 'u-1' })
    await create(harness.widgets, widget('a', { spec: { replicas: 2, selector: 'app=a', color: 'red' } }))
    const scale = harness.registry.find('example.com', 'v1', 'widgets', 'scale')
    if (scale === undefined) throw new Error('widgets scale')
    return { harness, scale }
  }
  const update = async (scale: ServedResource, request: UpdateRequest, admit?: AdmissionHooks): Promise<KubeObject> => {
    const result = await scale.rest.update?.(testContext(), request, write(admit && { admit }))
    if (result === undefined) throw new Error('scales can be updated')
    return result.object.object()
  }
  const scaleBody = (metadata: JsonObject, replicas: number): KubeObject => ({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name: 'a', namespace: 'ns', ...metadata },
    spec: { replicas },
  })

  test('shows replicas and selector of its object', async () => {
    const { scale } = await scaled()
    const object = await scale.rest.get?.(testContext(), key, { resourceVersion: '' })
    expect(object?.object()).toEqual({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: {
        resourceVersion: '2',
        name: 'a',
        namespace: 'ns',
        uid: 'u-1',
        creationTimestamp: '2023-11-14T22:13:20Z',
      },
      spec: { replicas: 2 },
      status: { replicas: 0, selector: 'app=a' },
    })
    expect(Buffer.from(object?.bytes ?? []).toString()).toMatch(
      /^\{"kind":"Scale","apiVersion":"autoscaling\/v1","metadata":\{"resourceVersion":"2",/,
    )
  })

  test.each([
    ['PUT without a resourceVersion', put('a', scaleBody({}, 5))],
    ['PUT with the current one', put('a', scaleBody({ resourceVersion: '2', uid: 'u-1' }, 5))],
    ['PATCH', patch('a', (object) => (object['spec'] = { replicas: 5 }))],
  ])('%s changes nothing else', async (_what, request) => {
    const { harness, scale } = await scaled()
    expect(await update(scale, request)).toMatchObject({ metadata: { resourceVersion: '3' }, spec: { replicas: 5 } })
    expect((await harness.widgets.find(key))?.object()).toMatchObject({
      metadata: { generation: 2 },
      spec: { replicas: 5, color: 'red' },
    })
  })

  test.each([
    [
      'negative replicas',
      put('a', scaleBody({}, -1)),
      422,
      'Scale.autoscaling "a" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'an old resourceVersion',
      put('a', scaleBody({ resourceVersion: '1' }, 3)),
      409,
      'Operation cannot be fulfilled on widgets.example.com "a": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [
      'another uid',
      put('a', scaleBody({ uid: 'u-2' }, 3)),
      409,
      'Operation cannot be fulfilled on widgets.example.com "a": StorageError: invalid object, Code: 4, Key: /registry/example.com/widgets/ns/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: u-2, UID in object meta: u-1',
    ],
    ['no object', put('b', scaleBody({ name: 'b' }, 3)), 404, 'widgets/scale.example.com "b" not found'],
    [
      'a patch of the uid',
      patch('a', (scale) => {
        scale.metadata.uid = 'u-2'
      }),
      409,
      'Operation cannot be fulfilled on widgets/scale.example.com "a": Precondition failed: UID in precondition: u-2, UID in object meta: u-1',
    ],
  ])('%s is refused', async (_what, request, code, message) => {
    const { scale } = await scaled()
    const failure = await failureOf(update(scale, request))
    expect([failure.code, failure.message]).toEqual([code, message])
  })

  test('admission sees scales', async () => {
    const { scale } = await scaled()
    const seen: string[] = []
    const shown = (scale: KubeObject | undefined): string =>
      `${scale?.kind} ${JSON.stringify((scale?.['spec'] as JsonObject | undefined)?.['replicas'])}`
    const kinds = ({ object, oldObject }: { object?: KubeObject; oldObject?: KubeObject }): string =>
      `${shown(oldObject)} to ${shown(object)}`
    const result = await update(scale, put('a', scaleBody({}, 5)), {
      mutate: async (attributes) => {
        seen.push(`mutate ${kinds(attributes)}`)
        if (attributes.object !== undefined) attributes.object['spec'] = { replicas: 6 }
      },
      validate: async (attributes) => void seen.push(`validate ${kinds(attributes)}`),
    })
    expect(seen).toEqual(['mutate Scale 2 to Scale 5', 'validate Scale 2 to Scale 6'])
    expect(result['spec']).toEqual({ replicas: 6 })
  })
})
