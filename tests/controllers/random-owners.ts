import type { Client, DeleteOptions } from '@fairlead/client'
import fc from 'fast-check'
import { expect } from 'vitest'
import { createFamily } from './family.ts'

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

export interface RandomOwners {
  readonly numRuns: number
  /** Whether objects may name themselves. Upstream's collector never ends a deletion in the foreground of such. */
  readonly ownThemselves: boolean
}

/** Objects that own each other at random are deleted, one after the other: what has an owner left stays, the rest goes. */
export async function collectRandomOwners(client: Client, { numRuns, ownThemselves }: RandomOwners): Promise<void> {
  await fc.assert(
    fc.asyncProperty(members, deletions, async (owners, deleted) => {
      const family = await createFamily(client, Object.fromEntries(names.map((name) => [name, {}])))
      const ownersOf = (index: number) =>
        (owners[index] ?? []).filter(({ name }) => ownThemselves || name !== names[index])
      const referenceTo = ({ name, block }: { readonly name: string; readonly block: boolean }) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name,
        uid: family.uid(name),
        blockOwnerDeletion: block,
      })
      for (const [index, name] of names.entries()) {
        await family.patch(name, { ownerReferences: ownersOf(index).map(referenceTo) })
      }
      let state = new Map(names.map((name, index) => [name, new Set(ownersOf(index).map((owner) => owner.name))]))
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
    { numRuns },
  )
}
