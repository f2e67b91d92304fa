import type { OwnerReference } from '@fairlead/apimachinery'

/** Which object, and where it is to be found. */
export interface ObjectReference {
  readonly apiVersion: string
  readonly kind: string
  /** Empty outside of namespaces. */
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** Where an owner is looked for: in the namespace of what names it, as references have none of their own. */
export function ownerOf({ apiVersion, kind, name, uid }: OwnerReference, namespace: string): ObjectReference {
  return { apiVersion, kind, namespace, name, uid }
}

/** Whether an owner reference means an object by all that it says: API version, kind, name and uid. */
export function hasCoordinates(reference: OwnerReference, object: ObjectReference): boolean {
  return (
    reference.uid === object.uid &&
    reference.name === object.name &&
    reference.kind === object.kind &&
    reference.apiVersion === object.apiVersion
  )
}

export function isSameReference(a: ObjectReference, b: ObjectReference): boolean {
  return compareReferences(a, b) === 0
}

/** Orders by kind, API version, namespace, name and uid, so that one kind's references stand together. */
export function compareReferences(a: ObjectReference, b: ObjectReference): number {
  return (
    order(a.kind, b.kind) ||
    order(a.apiVersion, b.apiVersion) ||
    order(a.namespace, b.namespace) ||
    order(a.name, b.name) ||
    order(a.uid, b.uid)
  )
}

/** Upstream's text. */
export function describeReference({ apiVersion, kind, namespace, name, uid }: ObjectReference): string {
  return `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`
}

function order(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
