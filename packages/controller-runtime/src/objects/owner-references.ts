import { type KubeObject, type OwnerReference, parseGroupVersion } from '@fairlead/apimachinery'

/** The reference to an object's controller, of which there is at most one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true)
}

/** The reference by which `owner` controls an object, and waits for it in a foreground deletion. */
export function controllerReference({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  const { name = '', uid = '' } = metadata
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }
}

/** Another object controls this one. */
export class AlreadyOwnedError extends Error {
  readonly owner: OwnerReference

  constructor({ metadata }: KubeObject, owner: OwnerReference) {
    const name = [metadata.namespace, metadata.name].filter(Boolean).join('/')
    super(`Object ${name} is already owned by another ${owner.kind} controller ${owner.name}`)
    this.owner = owner
  }

  static {
    this.prototype.name = 'AlreadyOwnedError'
  }
}

/**
 * The object with `owner` as its controller; the same object when it is that. Throws an AlreadyOwnedError when another one
 * is, and an Error when the owner's namespace forbids it.
 */
export function withControllerReference<T extends KubeObject>(object: T, owner: KubeObject): T {
  const { namespace = '' } = object.metadata
  const { namespace: ownerNamespace = '' } = owner.metadata
  if (ownerNamespace !== '' && namespace === '')
    throw new Error(
      `cluster-scoped resource must not have a namespace-scoped owner, owner's namespace ${ownerNamespace}`,
    )
  if (ownerNamespace !== '' && namespace !== ownerNamespace)
    throw new Error(
      `cross-namespace owner references are disallowed, owner's namespace ${ownerNamespace}, obj's namespace ${namespace}`,
    )
  const reference = controllerReference(owner)
  const existing = controllerOf(object)
  if (existing !== undefined && !isSame(existing, reference)) throw new AlreadyOwnedError(object, existing)
  const references = object.metadata.ownerReferences ?? []
  const known = references.find((other) => isSame(other, reference))
  if (known !== undefined && Object.entries(reference).every(([name, value]) => known[name] === value)) return object
  const ownerReferences = [...references.filter((other) => other !== known), reference]
  return { ...object, metadata: { ...object.metadata, ownerReferences } }
}

function isSame(a: OwnerReference, b: OwnerReference): boolean {
  const group = ({ apiVersion }: OwnerReference): string | undefined => parseGroupVersion(apiVersion)?.group
  return a.uid === b.uid && a.kind === b.kind && a.name === b.name && group(a) === group(b)
}
