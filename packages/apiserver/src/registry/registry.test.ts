import type { KubeObject } from '@fairlead/apimachinery'
import { createMemoryStorage } from '@fairlead/storage'
import { createManualClock } from '@fairlead/storage/testing'
import { describe, expect, test } from 'vitest'
import type { ServedResource } from '../endpoints/served-resource.ts'
import { createRegistry } from './registry.ts'
import type { RegistryOptions } from './registry.ts'
import type { Action } from './rest/capabilities.ts'
import { create, listOf, record } from './testing/harness.ts'
import { looseKind, widget, widgetDescription } from './testing/widget.ts'

function registryOf(options: Partial<RegistryOptions>) {
  const clock = createManualClock()
  return createRegistry({ storage: createMemoryStorage({ clock }), clock, descriptions: [], ...options })
}
const paths = (served: readonly ServedResource[]): string[] =>
  served.map((entry) => [entry.version, entry.resource, entry.subresource].filter((part) => part !== '').join('/'))

const version = (name: string, servedByDefault = true) => ({
  version: name,
  kind: looseKind('example.com', name, 'Widget'),
  servedByDefault,
  toStorage: (object: KubeObject) => ({ ...object, apiVersion: 'example.com/v1' }),
  fromStorage: (object: KubeObject) => ({ ...object, apiVersion: `example.com/${name}` }),
  fieldLabel: (label: string) => label,
})

describe('what is served', () => {
  test('every version that is on, with its subresources', () => {
    const [status, scale] = widgetDescription().subresources
    if (status === undefined || scale === undefined) throw new Error('widgets have two subresources')
    const registry = registryOf({
      descriptions: [
        widgetDescription({
          versions: [version('v1'), version('v1beta1'), version('v1alpha1', false)],
          subresources: [status, { ...scale, versions: ['v1'] }],
        }),
      ],
    })
    expect(paths(registry.served())).toEqual([
      'v1/widgets',
      'v1/widgets/status',
      'v1/widgets/scale',
      'v1beta1/widgets',
      'v1beta1/widgets/status',
    ])
    expect(registry.served().map(({ isStorageVersion }) => isStorageVersion)).toEqual([true, true, true, false, false])
    expect(registry.find('example.com', 'v1alpha1', 'widgets', '')).toBeUndefined()
  })

  test('versions can be switched on and off', () => {
    const registry = registryOf({
      descriptions: [widgetDescription({ versions: [version('v1'), version('v1alpha1', false)], subresources: [] })],
      isServed: (_resource, { version: name }) => name === 'v1alpha1',
    })
    expect(paths(registry.served())).toEqual(['v1alpha1/widgets'])
  })

  test('verbs decide about capabilities', () => {
    const registry = registryOf({ descriptions: [widgetDescription({ verbs: ['get', 'list'], subresources: [] })] })
    const rest = registry.served()[0]?.rest ?? {}
    expect(Object.keys(rest).sort()).toEqual(['get', 'list'])
  })

  test('what nothing stands behind is not served', async () => {
    const review: Action = { perform: async (_context, _key, object) => object }
    const { storage: _storage, ...kept } = widgetDescription({
      resource: 'reviews',
      verbs: ['create'],
      subresources: [],
    })
    const token = {
      kind: { group: '', version: 'v1', kind: 'Token' },
      verbs: ['create'],
      type: { of: 'action' },
    } as const
    const descriptions = [
      { ...kept, resource: 'asked' },
      { ...kept, resource: 'unanswered' },
      widgetDescription({
        subresources: [
          { name: 'token', ...token },
          { name: 'unknown', ...token },
        ],
      }),
    ]
    const registry = registryOf({
      descriptions,
      reviewActions: { 'example.com/asked': review, 'example.com/widgets/token': review },
    })
    expect(paths(registry.served())).toEqual(['v1/asked', 'v1/widgets', 'v1/widgets/token'])
  })
})

describe('resources that share their storage', () => {
  test('see and watch the same objects', async () => {
    const registry = registryOf({
      descriptions: [
        widgetDescription({ subresources: [] }),
        widgetDescription({ group: 'other.example.com', subresources: [] }),
      ],
    })
    const here = registry.store('example.com', 'widgets')
    const there = registry.store('other.example.com', 'widgets')
    if (here === undefined || there === undefined) throw new Error('both are stored')
    const watch = await record(there)
    await create(here, widget('a'))
    expect(watch.texts()).toEqual(['ADDED a@2'])
    const [listed] = (await there.read(listOf())).items
    expect(listed).toBe((await here.read(listOf())).items[0])
  })
})

test('nothing is read before somebody asks', async () => {
  const storage = createMemoryStorage()
  let reads = 0
  const counting = {
    ...storage,
    range: (...options: Parameters<typeof storage.range>) => {
      reads++
      return storage.range(...options)
    },
  }
  const registry = registryOf({ storage: counting, descriptions: [widgetDescription()] })
  expect(reads).toBe(0)
  await registry.store('example.com', 'widgets')?.read(listOf())
  await registry.store('example.com', 'widgets')?.read(listOf())
  expect(reads).toBe(1)
})
