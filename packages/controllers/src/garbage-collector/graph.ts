import type { OwnerReference } from '@fairlead/apimachinery'
import { alternateIdentity, partitionDependents } from './alternate-identity.ts'
import { blocksDeletion, type GraphNode, type ObservedObject } from './graph-node.ts'
import { hasCoordinates, isSameReference, type ObjectReference, ownerOf } from './object-reference.ts'

/** What a change of the graph asks for. Naming a node too often does no harm. */
export interface GraphEffects {
  attemptToDelete(nodes: Iterable<GraphNode>): void
  /** The same after a while that grows each time. */
  attemptToDeleteLater(node: GraphNode): void
  attemptToOrphan(node: GraphNode): void
  /** An object that something names as its owner does not exist. */
  foundAbsent(object: ObjectReference): void
  /** A dependent names an owner that is in another namespace. */
  foundInvalidNamespace(dependent: GraphNode, reference: OwnerReference): void
}

/**
 * Who owns whom, by uid. In it are the objects that were observed, and one node that is `virtual` or `absent` for every
 * other uid that one of them names as its owner, for as long as it does.
 */
export interface Graph {
  get(uid: string): GraphNode | undefined
  nodes(): IterableIterator<GraphNode>
  /** An object is there, or has changed. */
  observe(object: ObservedObject): void
  /** A watch has told that an object is gone. */
  remove(object: ObjectReference): void
  /** The server was asked for an object, and has none with these coordinates. */
  notFound(object: ObjectReference): void
}

type Node = { -readonly [Key in keyof GraphNode]: GraphNode[Key] } & { dependents: Set<Node> }

export function createGraph(effects: GraphEffects): Graph {
  const nodes = new Map<string, Node>()
  // Most objects have no dependents, and share this one, which stays empty.
  const noDependents = new Set<Node>()

  function observe(object: ObservedObject): void {
    const node = nodes.get(object.identity.uid) ?? insert(object.identity, 'observed')
    if (node.state !== 'observed') markObserved(node, object.identity)
    node.identity = object.identity
    setOwners(node, object.owners)
    const { deletesDependents, orphansDependents } = node
    node.isBeingDeleted = object.isBeingDeleted
    node.deletesDependents = object.deletesDependents
    node.orphansDependents = object.orphansDependents
    if (node.orphansDependents && !orphansDependents) effects.attemptToOrphan(node)
    else if (node.deletesDependents && !deletesDependents) {
      effects.attemptToDelete(node.dependents)
      effects.attemptToDelete([node])
    }
  }

  function insert(identity: ObjectReference, state: Node['state']): Node {
    const node: Node = {
      identity,
      state,
      owners: noOwners,
      dependents: noDependents,
      blockingDependents: 0,
      isBeingDeleted: false,
      deletesDependents: false,
      orphansDependents: false,
    }
    nodes.set(identity.uid, node)
    return node
  }

  /** Dependents that call it by other coordinates have to be looked at: their owner is not what they say. */
  function markObserved(node: Node, identity: ObjectReference): void {
    node.state = 'observed'
    if (isSameReference(node.identity, identity)) return
    const { others } = partitionDependents(node.dependents, identity)
    for (const dependent of others) if (isOutOfReach(identity, dependent)) reportNamespace(dependent, identity.uid)
    effects.attemptToDelete(others)
  }

  function setOwners(node: Node, owners: readonly OwnerReference[]): void {
    const before = node.owners
    if (before === owners || (before.length === 0 && owners.length === 0)) return
    node.owners = owners
    for (const uid of uidsOf(before)) {
      if (owners.some((owner) => owner.uid === uid)) changeBlocking(node, uid, before)
      else detach(node, uid, before)
    }
    attach(
      node,
      owners.filter((owner) => !before.some((old) => isSameOwner(old, owner))),
    )
  }

  function changeBlocking(node: Node, uid: string, before: readonly OwnerReference[]): void {
    const owner = nodes.get(uid)
    if (owner !== undefined) countBlocking(owner, node, before, node.owners)
  }

  /** A node does not wait for itself. */
  function countBlocking(
    owner: Node,
    dependent: Node,
    before: readonly OwnerReference[],
    after: readonly OwnerReference[],
  ): void {
    const { uid } = owner.identity
    if (owner === dependent) return
    const change = Number(blocksDeletion(after, uid)) - Number(blocksDeletion(before, uid))
    owner.blockingDependents += change
    if (change < 0 && owner.blockingDependents === 0 && owner.deletesDependents) effects.attemptToDelete([owner])
  }

  function attach(node: Node, references: readonly OwnerReference[]): void {
    let isDoubtful = false
    for (const reference of references) {
      const known = nodes.get(reference.uid)
      const owner = known ?? insert(ownerOf(reference, node.identity.namespace), 'virtual')
      if (!owner.dependents.has(node)) {
        if (owner.dependents === noDependents) owner.dependents = new Set()
        owner.dependents.add(node)
        countBlocking(owner, node, noOwners, node.owners)
      }
      if (known === undefined) effects.attemptToDelete([owner])
      else if (!isTrusted(node, reference, owner)) isDoubtful = true
    }
    if (isDoubtful) effects.attemptToDelete([node])
  }

  /** False when a new dependent has to be looked at because of one of its owners, which was known before. */
  function isTrusted(node: Node, reference: OwnerReference, owner: Node): boolean {
    const matches = !isOutOfReach(owner.identity, node) && hasCoordinates(reference, owner.identity)
    switch (owner.state) {
      case 'absent':
        if (!matches) {
          owner.state = 'virtual'
          owner.identity = ownerOf(reference, node.identity.namespace)
          effects.attemptToDelete([owner])
        }
        return false
      case 'virtual':
        // What is looked for outside of namespaces may be of a kind that is in one.
        return matches && owner.identity.namespace === node.identity.namespace
      case 'observed':
        if (isOutOfReach(owner.identity, node)) effects.foundInvalidNamespace(node, reference)
        // It has come too late to be among those that were told.
        if (owner.orphansDependents) effects.attemptToOrphan(owner)
        return matches && !owner.deletesDependents
    }
  }

  function detach(node: Node, uid: string, references: readonly OwnerReference[]): void {
    const owner = nodes.get(uid)
    if (owner?.dependents.delete(node) !== true) return
    countBlocking(owner, node, references, noOwners)
    forgetUnneeded(owner)
  }

  function forgetUnneeded(node: Node): void {
    if (node.state !== 'observed' && node.dependents.size === 0) nodes.delete(node.identity.uid)
  }

  function remove(object: ObjectReference): void {
    const node = nodes.get(object.uid)
    if (node === undefined || node.state === 'absent') return
    if (node.state === 'virtual') markObserved(node, object)
    node.identity = object
    setOwners(node, noOwners)
    markAbsent(node)
  }

  function markAbsent(node: Node): void {
    node.state = 'absent'
    node.isBeingDeleted = false
    node.deletesDependents = false
    node.orphansDependents = false
    if (node.dependents.size > 0) {
      effects.foundAbsent(node.identity)
      effects.attemptToDelete(node.dependents)
    }
    forgetUnneeded(node)
  }

  function notFound(object: ObjectReference): void {
    const node = nodes.get(object.uid)
    if (node === undefined || node.state === 'absent') return
    if (node.state === 'observed' && isSameReference(node.identity, object)) {
      remove(object)
      return
    }
    const { matching, others } = partitionDependents(node.dependents, object)
    if (node.state === 'virtual' && others.length === 0) {
      markAbsent(node)
      return
    }
    if (matching.length > 0) {
      effects.foundAbsent(object)
      effects.attemptToDelete(matching)
    }
    if (node.state !== 'virtual' || !isSameReference(node.identity, object)) return
    const identity = alternateIdentity(others, object)
    if (identity === undefined) return
    node.identity = identity
    effects.attemptToDeleteLater(node)
  }

  function reportNamespace(dependent: GraphNode, uid: string): void {
    const reference = dependent.owners.find((owner) => owner.uid === uid)
    if (reference !== undefined) effects.foundInvalidNamespace(dependent, reference)
  }

  return {
    get: (uid) => nodes.get(uid),
    nodes: () => nodes.values(),
    observe,
    remove,
    notFound,
  }
}

const noOwners: readonly OwnerReference[] = []

/** An owner in a namespace is one for objects of that namespace only. */
function isOutOfReach({ namespace }: ObjectReference, dependent: GraphNode): boolean {
  return namespace !== '' && namespace !== dependent.identity.namespace
}

function uidsOf(owners: readonly OwnerReference[]): ReadonlySet<string> {
  return new Set(owners.map(({ uid }) => uid))
}

function isSameOwner(a: OwnerReference, b: OwnerReference): boolean {
  return a.uid === b.uid && a.name === b.name && a.kind === b.kind && a.apiVersion === b.apiVersion
}
