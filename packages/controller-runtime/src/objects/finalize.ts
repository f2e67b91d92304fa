import { ignoring, type KubeObject } from '@fairlead/apimachinery'
import type { CallOptions, ResourceClient } from '@fairlead/client'
import { hasFinalizer, withFinalizer, withoutFinalizer } from './finalizers.ts'

/** What a reconciler does with an object that must not go before something outside of it has been cleaned up. */
export interface Finalization<T, Result> extends CallOptions {
  /** Such as `example.com/bucket`. */
  readonly finalizer: string
  /** The object is to be; it has the finalizer. */
  readonly apply: (object: T) => Result | Promise<Result>
  /** The object is going; it goes when this is done. Done again when it fails, or when removing the finalizer does. */
  readonly cleanup: (object: T) => unknown
}

/**
 * Splits a reconcile into `apply` and `cleanup`, and keeps the finalizer that holds the object until `cleanup` is done.
 * Resolves with what `apply` gives. Both writes are refused (409) when the object has changed since it was read.
 */
export async function finalize<T extends KubeObject, Result>(
  resource: ResourceClient<T>,
  object: T,
  { finalizer, apply, cleanup, signal }: Finalization<T, Result>,
): Promise<Result | undefined> {
  const { name = '', namespace = '' } = object.metadata
  const ours = namespace === '' ? resource : resource.namespace(namespace)
  const setFinalizers = ({ metadata }: T): Promise<T> => {
    const { uid, resourceVersion, finalizers } = metadata
    const patch = { metadata: { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }), finalizers } }
    return ours.patch(name, patch, { type: 'merge', ...(signal === undefined ? {} : { signal }) })
  }
  if (object.metadata.deletionTimestamp === undefined) {
    return await apply(hasFinalizer(object, finalizer) ? object : await setFinalizers(withFinalizer(object, finalizer)))
  }
  if (!hasFinalizer(object, finalizer)) return undefined
  await cleanup(object)
  await setFinalizers(withoutFinalizer(object, finalizer)).catch(ignoring('NotFound'))
  return undefined
}
