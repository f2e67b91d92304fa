import { withoutOwners } from './attempt-to-delete.ts'
import type { GraphNode } from './graph-node.ts'
import type { ObjectAccess } from './object-access.ts'
import { orphanFinalizer } from './observed-object.ts'

/** Dependents of one owner that are changed at a time. */
const atATime = 20

/** Takes an owner out of its dependents, and then lets it go. True when that is done. */
export async function attemptToOrphan(access: ObjectAccess, owner: GraphNode): Promise<boolean> {
  if (!owner.orphansDependents) return true
  const { identity } = owner
  const patch = withoutOwners([identity.uid])
  const dependents = [...owner.dependents].values()
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    for (const dependent of dependents) {
      await access.patchOwners(dependent.identity, patch).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: atATime }, work))
  if (failures.length > 0) throw failures[0]
  await access.removeFinalizer(identity, orphanFinalizer)
  return true
}
