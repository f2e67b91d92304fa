import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubeObject, OwnerReference } from '@fairlead/apimachinery'
import { type Client, createClient } from '@fairlead/client'
import { defineKind, type RunningServer, s, serve } from '@fairlead/extension-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { collectorPassed, createFamily, type Family } from './family.ts'

const Flunder = defineKind({
  group: 'wardle.example.com',
  version: 'v1alpha1',
  kind: 'Flunder',
  namespaced: true,
  schema: s.object({ spec: s.object({ reference: s.optional(s.string()) }), status: s.object({}) }),
})
const apiVersion = 'wardle.example.com/v1alpha1'
const registration = 'v1alpha1.wardle.example.com'

let controlPlane: TestControlPlane
let client: Client
let folder: string
let server: RunningServer
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers: ['garbage-collector-controller'] })
  client = createClient(controlPlane.transport)
  folder = await mkdtemp(join(tmpdir(), 'fairlead-collected-'))
  server = await startServer()
})
afterAll(async () => {
  await server.stop()
  await controlPlane.stop()
  await rm(folder, { recursive: true })
})

const startServer = () => serve({ kinds: [Flunder], kubeconfig: controlPlane.kubeconfig, storage: `lmdb:${folder}` })
const apiServices = () => client.resource('apiregistration.k8s.io/v1', 'apiservices')
const flunders = ({ namespace }: Family) => client.resource(apiVersion, 'flunders').namespace(namespace)

async function isServed(): Promise<boolean> {
  const { resources, failures } = await client.discovery.refresh()
  return !failures.has(apiVersion) && resources.some(({ kind }) => kind === 'Flunder')
}

async function createFlunder(
  family: Family,
  name: string,
  owners: readonly OwnerReference[] = [],
): Promise<OwnerReference> {
  const metadata = { name, ownerReferences: [...owners] }
  const made = await flunders(family).create({ apiVersion, kind: 'Flunder', metadata, spec: {} })
  return { apiVersion, kind: 'Flunder', name, uid: made.metadata.uid ?? '' }
}

const member = (family: Family, name: string, parts: object = {}): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name,
  uid: family.uid(name),
  ...parts,
})

/** Takes the API away; resolves to what brings it back. */
async function takeAway(): Promise<() => Promise<void>> {
  const { spec, metadata } = await apiServices().get(registration)
  await apiServices().delete(registration)
  await expect.poll(isServed).toBe(false)
  return async () => {
    const { annotations } = metadata
    const again = { metadata: { name: registration, ...(annotations === undefined ? {} : { annotations }) }, spec }
    await apiServices().create({ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', ...again } as KubeObject)
    await expect.poll(isServed).toBe(true)
  }
}

test('objects of an extension server own and are owned, in all ways', async () => {
  await expect.poll(isServed).toBe(true)
  const family = await createFamily(client, { a: {}, b: {}, c: {}, d: {} })
  await createFlunder(family, 'of-a', [member(family, 'a')])
  await createFlunder(family, 'of-b', [member(family, 'b')])
  await createFlunder(family, 'of-c', [member(family, 'c', { blockOwnerDeletion: true })])
  const owner = await createFlunder(family, 'owner')
  await family.patch('d', { ownerReferences: [owner] })
  const left = async () => (await flunders(family).list()).items.map(({ metadata }) => metadata.name)
  await family.delete('a')
  await expect.poll(left).toEqual(['of-b', 'of-c', 'owner'])
  await family.delete('b', 'Orphan')
  await expect.poll(family.left).toEqual(['c', 'd(owner)'])
  expect((await flunders(family).get('of-b')).metadata.ownerReferences).toBeUndefined()
  await family.delete('c', 'Foreground')
  await expect.poll(left).toEqual(['of-b', 'owner'])
  await flunders(family).delete('owner', { propagationPolicy: 'Foreground' })
  await expect.poll(family.left).toEqual([])
  await expect.poll(left).toEqual(['of-b'])
})

test('an owner of a kind that is not served is not one that is gone', async () => {
  const family = await createFamily(client, { child: {}, stranger: {} })
  const owner = await createFlunder(family, 'owner')
  await family.patch('child', { ownerReferences: [owner] })
  await collectorPassed(client)
  const bringBack = await takeAway()
  const dangling = member(family, 'nobody', { uid: 'no-such-object' })
  await family.patch('child', { ownerReferences: [owner, dangling] })
  await family.patch('stranger', { ownerReferences: [{ ...owner, name: 'other', uid: 'no-such-flunder' }] })
  await collectorPassed(client)
  expect(await family.left()).toEqual(['child(owner nobody)', 'stranger(other)'])
  await bringBack()
  await expect.poll(family.left).toEqual(['child(owner)'])
  await flunders(family).delete('owner')
  await expect.poll(family.left).toEqual([])
})

test('dependents that cannot be reached are collected when they can', async () => {
  const family = await createFamily(client, { a: {}, b: {} })
  await createFlunder(family, 'of-a', [member(family, 'a')])
  await createFlunder(family, 'of-both', [member(family, 'a'), member(family, 'b')])
  await collectorPassed(client)
  const bringBack = await takeAway()
  await family.delete('a')
  await collectorPassed(client)
  await bringBack()
  await expect
    .poll(async () => (await flunders(family).list()).items.map(({ metadata }) => metadata.ownerReferences?.length))
    .toEqual([1])
})

test('an owner that cannot be reached is asked for again as soon as it can', async () => {
  const family = await createFamily(client, { child: {} })
  const owner = await createFlunder(family, 'owner')
  await server.stop()
  // A changed APIService is looked at at once.
  await apiServices().patch(registration, { spec: { versionPriority: 20 } }, { type: 'merge' })
  await expect.poll(async () => (await client.discovery.refresh()).failures.has(apiVersion)).toBe(true)
  await family.patch('child', { ownerReferences: [owner, member(family, 'nobody', { uid: 'no-such-object' })] })
  await collectorPassed(client)
  expect(await family.left()).toEqual(['child(owner nobody)'])
  server = await startServer()
  await expect.poll(isServed).toBe(true)
  await expect.poll(family.left).toEqual(['child(owner)'])
  await flunders(family).delete('owner')
  await expect.poll(family.left).toEqual([])
})

test('an API that never answers does not keep the rest', async () => {
  const apiService = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.away.example.com', annotations: { 'aggregation.fairlead.dev/url': 'https://127.0.0.1:1' } },
    spec: {
      group: 'away.example.com',
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 15,
      insecureSkipTLSVerify: true,
      service: { name: 'away', namespace: 'default' },
    },
  }
  await apiServices().create(apiService)
  await expect.poll(async () => (await client.discovery.refresh()).failures.has('away.example.com/v1')).toBe(true)
  const family = await createFamily(client, { child: {} })
  const owner = { apiVersion: 'away.example.com/v1', kind: 'Away', name: 'owner', uid: 'away' }
  await family.patch('child', { ownerReferences: [owner] })
  await collectorPassed(client)
  expect(await family.left()).toEqual(['child(owner)'])
  await apiServices().delete('v1.away.example.com')
})
