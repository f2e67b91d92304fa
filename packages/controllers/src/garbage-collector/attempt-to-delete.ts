import type { ObjectMeta, OwnerReference } from '@fairlead/apimachinery'
import { type ClassifiedOwners, classifyOwners, type OwnerLookup } from './classify-owners.ts'
import type { Graph } from './graph.ts'
import type { GraphNode } from './graph-node.ts'
import type { OwnersPatch, Policy } from './object-access.ts'
import type { ObjectReference } from './object-reference.ts'
import { foregroundFinalizer, orphanFinalizer } from './observed-object.ts'

export interface Collection extends OwnerLookup {
  readonly graph: Graph
}

/**
 * Deletes an object that none of its owners keeps, and lets one go that has waited for its dependents. Decides by what the
 * server has now; the graph only says what is worth a look. False when it has to be looked at again: it is there, and no
 * watch has told of it.
 */
export async function attemptToDelete(collection: Collection, node: GraphNode): Promise<boolean> {
  const { graph, access } = collection
  // The graph may call it something else while the server is asked.
  const { identity } = node
  if (graph.get(identity.uid) !== node || !isWorthALook(node)) return true
  const latest = await access.read(identity)
  if (latest?.uid !== identity.uid) {
    graph.notFound(identity)
    return true
  }
  if (node.deletesDependents) {
    if (node.blockingDependents === 0) await access.removeFinalizer(identity, foregroundFinalizer)
    return true
  }
  const { ownerReferences = [] } = latest
  if (ownerReferences.length > 0) {
    const owners = await classifyOwners(collection, identity, ownerReferences)
    await act(collection, { node, identity, latest, owners })
  }
  return node.state !== 'virtual'
}

function isWorthALook({ state, owners, isBeingDeleted, deletesDependents }: GraphNode): boolean {
  if (state !== 'observed') return state === 'virtual'
  return isBeingDeleted ? deletesDependents : owners.length > 0
}

interface Found {
  readonly node: GraphNode
  readonly identity: ObjectReference
  readonly latest: ObjectMeta
  readonly owners: ClassifiedOwners
}

async function act({ graph, access }: Collection, { node, identity, latest, owners }: Found): Promise<void> {
  const { solid, dangling, waiting } = owners
  if (solid.length > 0) {
    // Owners that wait would do so for ever.
    const useless = [...dangling, ...waiting].map(({ uid }) => uid)
    if (useless.length > 0) await access.patchOwners(identity, withoutOwners(useless))
    return
  }
  const inForeground = waiting.length > 0 && node.dependents.size > 0
  if (inForeground && [...node.dependents].some(({ deletesDependents }) => deletesDependents)) {
    // A circle of objects that wait for each other, perhaps: this one does not hold up its owners.
    await access.patchOwners(identity, unblocking(node.owners))
  }
  const policy = inForeground ? 'Foreground' : policyOf(latest)
  const isThere = await access.remove(identity, latest, policy)
  if (!isThere) graph.notFound(identity)
}

/** What is to become of its own dependents, as its finalizers say. */
function policyOf({ finalizers = [] }: ObjectMeta): Policy {
  if (finalizers.includes(orphanFinalizer)) return 'Orphan'
  return finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background'
}

/** Takes the references to some uids away. */
export function withoutOwners(uids: readonly string[]): OwnersPatch {
  return {
    strategic: uids.map((uid) => ({ $patch: 'delete', uid })),
    merge: (owners) => owners.filter(({ uid }) => !uids.includes(uid)),
  }
}

function unblocking(known: readonly OwnerReference[]): OwnersPatch {
  const unblocked = (owner: OwnerReference): OwnerReference => ({ ...owner, blockOwnerDeletion: false })
  return {
    strategic: known.filter((owner) => owner['blockOwnerDeletion'] === true).map(unblocked),
    merge: (owners) => owners.map(unblocked),
  }
}
