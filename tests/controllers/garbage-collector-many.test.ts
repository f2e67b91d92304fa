import type { OwnerReference } from '@fairlead/apimachinery'
import { type Client, createClient, type DeleteOptions } from '@fairlead/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { createFamily, type Family } from './family.ts'

let controlPlane: TestControlPlane
let client: Client
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers: ['garbage-collector-controller'] })
  client = createClient(controlPlane.transport)
})
afterAll(() => controlPlane.stop())

async function createDependents(family: Family, owner: OwnerReference, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_value, index) => index).values()
  const work = async (): Promise<void> => {
    for (const number of numbers) {
      const metadata = { name: `d-${number}`, ownerReferences: [owner] }
      await family.members.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata })
    }
  }
  await Promise.all(Array.from({ length: 32 }, work))
}

type Policy = NonNullable<DeleteOptions['propagationPolicy']>

test.each<[count: number, policy: Policy, left: number]>([
  [10_000, 'Background', 0],
  [10_000, 'Foreground', 0],
  [2000, 'Orphan', 2000],
])(
  'an owner of %i, deleted with %s',
  async (count, policy, left) => {
    const family = await createFamily(client, { owner: {} })
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: family.uid('owner') }
    await createDependents(family, { ...owner, blockOwnerDeletion: true }, count)
    await family.delete('owner', policy)
    const state = async () => {
      const { items } = await family.members.metadataOnly().list()
      const owned = items.filter(({ metadata }) => metadata.ownerReferences !== undefined)
      return { all: items.length, owned: owned.length, owner: items.some(({ metadata }) => metadata.name === 'owner') }
    }
    await expect.poll(state, { interval: 500, timeout: 120_000 }).toEqual({ all: left, owned: 0, owner: false })
  },
  180_000,
)
