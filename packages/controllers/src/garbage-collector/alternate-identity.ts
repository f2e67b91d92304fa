import type { GraphNode } from './graph-node.ts'
import {
  compareReferences,
  hasCoordinates,
  isSameReference,
  ownerOf,
  type ObjectReference,
} from './object-reference.ts'

/**
 * Dependents that name an object by its coordinates, and those that name its uid otherwise. One with several references to
 * the uid may be in both.
 */
export function partitionDependents(
  dependents: Iterable<GraphNode>,
  object: ObjectReference,
): { readonly matching: GraphNode[]; readonly others: GraphNode[] } {
  const matching: GraphNode[] = []
  const others: GraphNode[] = []
  for (const dependent of dependents) {
    const references = dependent.owners.filter(({ uid }) => uid === object.uid)
    const isInReach = object.namespace === '' || object.namespace === dependent.identity.namespace
    const matches = references.filter((reference) => isInReach && hasCoordinates(reference, object))
    if (matches.length > 0) matching.push(dependent)
    if (matches.length < references.length) others.push(dependent)
  }
  return { matching, others }
}

/**
 * Where else an object may be that is not where `absent` says, by what its dependents call it: the next one in order, from
 * the first again after the last, so that all get their turn.
 */
export function alternateIdentity(
  dependents: Iterable<GraphNode>,
  absent: ObjectReference,
): ObjectReference | undefined {
  let first: ObjectReference | undefined
  let next: ObjectReference | undefined
  for (const { identity, owners } of dependents) {
    for (const reference of owners) {
      if (reference.uid !== absent.uid) continue
      // A kind that was looked for outside of namespaces has none.
      const isClusterScoped =
        absent.namespace === '' && reference.apiVersion === absent.apiVersion && reference.kind === absent.kind
      const candidate = ownerOf(reference, isClusterScoped ? '' : identity.namespace)
      if (isSameReference(candidate, absent)) continue
      if (first === undefined || compareReferences(candidate, first) < 0) first = candidate
      if (compareReferences(absent, candidate) > 0) continue
      if (next === undefined || compareReferences(candidate, next) < 0) next = candidate
    }
  }
  return next ?? first
}
