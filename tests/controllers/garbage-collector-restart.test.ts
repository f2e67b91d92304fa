import type { KubeObject } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { collectorPassed, createFamily } from './family.ts'

/** The data outlives the control planes of this file. */
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let controlPlane: TestControlPlane | undefined
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(async () => {
  await controlPlane?.stop()
  await folder.remove()
})

async function restart(controllers: readonly string[]): Promise<Client> {
  await controlPlane?.stop()
  controlPlane = await startTestControlPlane({ controllers, storage: 'lmdb', dataDir: folder.path })
  return createClient(controlPlane.transport)
}

/** Every object that the collector may touch, with its version. */
async function versions(client: Client): Promise<ReadonlyMap<string, string>> {
  const { resources } = await client.discovery.refresh()
  const found = new Map<string, string>()
  for (const { group, version, resource, verbs } of resources) {
    if (!verbs.includes('list') || resource === 'events' || resource === 'leases') continue
    const apiVersion = group === '' ? version : `${group}/${version}`
    for (const { metadata } of (await client.resource<KubeObject>(apiVersion, resource).metadataOnly().list()).items) {
      const { namespace = '', name = '', resourceVersion = '' } = metadata
      found.set(`${apiVersion} ${resource} ${namespace}/${name}`, resourceVersion)
    }
  }
  return found
}

test('a collector finds what was left to do while there was none, and otherwise writes nothing', async () => {
  const hold = ['example.com/hold']
  let client = await restart([])
  const solid = await createFamily(client, {
    a: {},
    b: { owners: [{ name: 'a', block: true }] },
    c: { owners: ['a', 'b'], finalizers: hold },
  })
  const background = await createFamily(client, { a: {}, b: { owners: ['a'] }, c: { owners: ['b'] } })
  const foreground = await createFamily(client, { a: {}, b: { owners: [{ name: 'a', block: true }] } })
  const orphaned = await createFamily(client, { a: {}, b: { owners: ['a'] } })
  const half = await createFamily(client, { a: {}, b: {}, c: { owners: ['a', 'b'] } })
  const never = await createFamily(client, { a: { owners: ['nobody'] } })
  const held = await createFamily(client, { a: {}, b: { owners: [{ name: 'a', block: true }], finalizers: hold } })
  await background.delete('a')
  await foreground.delete('a', 'Foreground')
  await orphaned.delete('a', 'Orphan')
  await half.delete('a')
  await held.delete('a', 'Foreground')
  await held.delete('b')
  const families = [solid, background, foreground, orphaned, half, never, held]
  const membersOf = async (api: Client) =>
    Promise.all(
      families.map(async ({ namespace }) =>
        (await api.resource('v1', 'configmaps').namespace(namespace).list()).items.map(({ metadata }) => {
          const owners = (metadata.ownerReferences ?? []).map(({ name }) => name)
          return [metadata.name, ...owners].join(' ')
        }),
      ),
    )

  client = await restart(['garbage-collector-controller'])
  await expect
    .poll(() => membersOf(client))
    .toEqual([['a', 'b a', 'c a b'], [], [], ['b'], ['b', 'c b'], [], ['a', 'b a']])

  client = await restart([])
  const before = await versions(client)
  client = await restart(['garbage-collector-controller'])
  await collectorPassed(client)
  const after = await versions(client)
  const changed = [...before].filter(([key, version]) => after.get(key) !== version).map(([key]) => key)
  // That Service has the server's port, which is a new one each time.
  expect(changed.filter((key) => !key.endsWith(' default/kubernetes'))).toEqual([])
})
