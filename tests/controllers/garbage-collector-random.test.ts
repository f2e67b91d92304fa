import { type Client, createClient, type DeleteOptions } from '@fairlead/client'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { createFamily } from './family.ts'

let controlPlane: TestControlPlane
let client: Client
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers: ['garbage-collector-controller'] })
  client = createClient(controlPlane.transport)
})
afterAll(() => controlPlane.stop())

type Policy = NonNullable<DeleteOptions['propagationPolicy']>
interface Deletion {
  readonly name: string
  readonly policy: Policy
}

/** What is left of objects with their owners, after one is deleted and the collector has done its work. */
function afterDeletion(
  objects: ReadonlyMap<string, ReadonlySet<string>>,
  { name, policy }: Deletion,
): Map<string, Set<string>> {
  const left = new Map([...objects].map(([member, owners]) => [member, new Set(owners)]))
  left.delete(name)
  if (policy === 'Orphan') for (const owners of left.values()) owners.delete(name)
  for (;;) {
    const lost = [...left].find(([, owners]) => owners.size > 0 && ![...owners].some((owner) => left.has(owner)))
    if (lost === undefined) break
    left.delete(lost[0])
  }
  for (const owners of left.values()) for (const owner of owners) if (!left.has(owner)) owners.delete(owner)
  return left
}

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const reference = fc.record({ name: fc.constantFrom(...names), block: fc.boolean() })
const members = fc.array(fc.uniqueArray(reference, { maxLength: 3, selector: ({ name }) => name }), {
  minLength: names.length,
  maxLength: names.length,
})
const deletions = fc.array(
  fc.record({
    name: fc.constantFrom(...names),
    policy: fc.constantFrom<Policy>('Background', 'Foreground', 'Orphan'),
  }),
  { minLength: 1, maxLength: 4 },
)

test('whoever owns whom, what has an owner left stays, and the rest goes', async () => {
  await fc.assert(
    fc.asyncProperty(members, deletions, async (owners, deleted) => {
      const family = await createFamily(client, Object.fromEntries(names.map((name) => [name, {}])))
      const referenceTo = ({ name, block }: { readonly name: string; readonly block: boolean }) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name,
        uid: family.uid(name),
        blockOwnerDeletion: block,
      })
      for (const [index, name] of names.entries()) {
        await family.patch(name, { ownerReferences: (owners[index] ?? []).map(referenceTo) })
      }
      let state = new Map(names.map((name, index) => [name, new Set((owners[index] ?? []).map((owner) => owner.name))]))
      for (const deletion of deleted) {
        if (!state.has(deletion.name)) continue
        state = afterDeletion(state, deletion)
        await family.delete(deletion.name, deletion.policy)
        const found = async () =>
          (await family.members.list()).items.map(({ metadata }) => [
            metadata.name,
            (metadata.ownerReferences ?? []).map(({ name }) => name).sort(),
          ])
        await expect.poll(found).toEqual([...state].map(([name, left]) => [name, [...left].sort()]))
      }
    }),
    { numRuns: 40 },
  )
})
