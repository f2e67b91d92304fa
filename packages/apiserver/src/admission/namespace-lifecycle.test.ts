import type { KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../registry/testing/harness.ts'
import { createWarningRecorder } from '../request/warning-headers.ts'
import type { AdmissionAttributes } from './admission.ts'
import { createAdmissionChain } from './chain.ts'
import { createNamespaceLifecycle } from './namespace-lifecycle.ts'

const namespaces: Readonly<Record<string, string>> = { live: 'Active', dying: 'Terminating' }
const lifecycle = createNamespaceLifecycle({
  findNamespace: async (name) => {
    const phase = namespaces[name]
    if (phase === undefined) return undefined
    const object: KubeObject = { kind: 'Namespace', apiVersion: 'v1', metadata: { name }, status: { phase } }
    return { object: () => object }
  },
})

function attributes(changes: Partial<AdmissionAttributes>): AdmissionAttributes {
  return {
    operation: 'CREATE',
    kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    subresource: '',
    namespace: 'live',
    name: 'web',
    options: {},
    dryRun: false,
    user: { name: 'alice', groups: [] },
    warnings: createWarningRecorder(),
    ...changes,
  }
}
const admit = async (changes: Partial<AdmissionAttributes>): Promise<void> => lifecycle.mutate?.(attributes(changes))
const namespace = {
  kind: { group: '', version: 'v1', kind: 'Namespace' },
  resource: { group: '', version: 'v1', resource: 'namespaces' },
}

describe('NamespaceLifecycle', () => {
  const good: readonly Partial<AdmissionAttributes>[] = [
    {},
    { operation: 'UPDATE', namespace: 'dying' },
    { operation: 'DELETE', namespace: 'dying' },
    { operation: 'DELETE', namespace: 'missing' },
    { namespace: '' },
    { ...namespace, namespace: 'new', name: 'new' },
    { ...namespace, operation: 'DELETE', namespace: 'live', name: 'live' },
    { ...namespace, operation: 'UPDATE', namespace: 'default', name: 'default' },
    {
      namespace: 'missing',
      resource: { group: 'authorization.k8s.io', version: 'v1', resource: 'localsubjectaccessreviews' },
    },
  ]
  test.each(good)('%j passes', async (changes) => {
    await expect(admit(changes)).resolves.toBeUndefined()
  })

  const bad: readonly (readonly [Partial<AdmissionAttributes>, number, string])[] = [
    [{ namespace: 'missing' }, 404, 'namespaces "missing" not found'],
    [{ namespace: 'missing', operation: 'UPDATE' }, 404, 'namespaces "missing" not found'],
    [
      { namespace: 'dying' },
      403,
      'deployments.apps "web" is forbidden: unable to create new content in namespace dying because it is being terminated',
    ],
    ...['default', 'kube-system', 'kube-public'].map(
      (name) =>
        [
          { ...namespace, operation: 'DELETE' as const, namespace: name, name },
          403,
          `namespaces "${name}" is forbidden: this namespace may not be deleted`,
        ] as const,
    ),
  ]
  test.each(bad)('%j is refused', async (changes, code, message) => {
    const failure = await failureOf(admit(changes))
    expect([failure.code, failure.message]).toEqual([code, message])
  })

  test('says why, for programs', async () => {
    const failure = await failureOf(admit({ namespace: 'dying' }))
    expect(failure.status.details).toEqual({
      name: 'web',
      group: 'apps',
      kind: 'deployments',
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: 'namespace dying is being terminated',
          field: 'metadata.namespace',
        },
      ],
    })
  })

  test.each([
    [{ name: 'n', generateName: 'g-' }, 'n'],
    [{ generateName: 'g-' }, 'g-'],
    [{}, 'Unknown'],
  ])('names an unnamed request by its object: %j', async (metadata, shown) => {
    const object: KubeObject = { kind: 'Deployment', apiVersion: 'apps/v1', metadata }
    const failure = await failureOf(admit({ namespace: 'dying', name: '', object }))
    expect(failure.message).toContain(`deployments.apps "${shown}" is forbidden`)
  })
})

test('a chain runs all mutating halves, then all validating ones, and stops at the first refusal', async () => {
  const order: string[] = []
  const note = (text: string) => async () => void order.push(text)
  const refuse = async (): Promise<void> => {
    throw new Error('no')
  }
  const chain = createAdmissionChain([
    { mutate: note('a') },
    { mutate: note('b'), validate: note('B') },
    { validate: refuse },
    { validate: note('never') },
  ])
  await chain.mutate(attributes({}))
  await expect(chain.validate(attributes({}))).rejects.toThrow('no')
  expect(order).toEqual(['a', 'b', 'B'])
})
