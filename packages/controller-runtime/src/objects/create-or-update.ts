import {
  createMergePatch,
  deepCopy,
  deepEqual,
  ignoring,
  type JsonObject,
  type KubeObject,
} from '@fairlead/apimachinery'
import type { ResourceClient, WriteOptions } from '@fairlead/client'

/** What a write was, and the object after it. */
export interface Ensured<T> {
  readonly result: 'created' | 'updated' | 'unchanged'
  readonly object: T
}

/** How an object should be, from how it is: a copy that may be changed and returned. */
export type Mutation<T> = (object: T) => T

/**
 * Makes the object that `object` names be as `mutate` wants it: creates `mutate(object)` when it is not there, and else
 * replaces it when `mutate` changes it, if nobody else has meanwhile (409). Mutations of `status` are dropped by servers that
 * keep it apart.
 */
export function createOrUpdate<T extends KubeObject>(
  resource: ResourceClient<T>,
  object: T,
  mutate: Mutation<T>,
  options?: WriteOptions,
): Promise<Ensured<T>> {
  return ensure(resource, object, mutate, { options, write: (_, wanted) => resource.update(wanted, options) })
}

/**
 * The same with a merge patch of what `mutate` changes, which leaves what others change meanwhile. Lists are replaced as a
 * whole.
 */
export function createOrPatch<T extends KubeObject>(
  resource: ResourceClient<T>,
  object: T,
  mutate: Mutation<T>,
  options?: WriteOptions,
): Promise<Ensured<T>> {
  const write = (current: T, wanted: T): Promise<T> => {
    const patch = createMergePatch(current as JsonObject, wanted as JsonObject)
    return inNamespaceOf(resource, current).patch(nameOf(current), patch, { ...options, type: 'merge' })
  }
  return ensure(resource, object, mutate, { options, write })
}

interface Writing<T> {
  readonly options: WriteOptions | undefined
  write(current: T, wanted: T): Promise<T>
}

async function ensure<T extends KubeObject>(
  resource: ResourceClient<T>,
  object: T,
  mutate: Mutation<T>,
  { options, write }: Writing<T>,
): Promise<Ensured<T>> {
  const found = inNamespaceOf(resource, object).get(nameOf(object), signalOf(options))
  const current = await found.catch(ignoring('NotFound'))
  if (current === undefined) {
    return { result: 'created', object: await resource.create(mutated(object, mutate), options) }
  }
  const wanted = mutated(current, mutate)
  if (deepEqual(current as JsonObject, wanted as JsonObject)) return { result: 'unchanged', object: current }
  return { result: 'updated', object: await write(current, wanted) }
}

function mutated<T extends KubeObject>(object: T, mutate: Mutation<T>): T {
  const wanted = mutate(deepCopy(object as JsonObject) as T)
  const { name, namespace } = object.metadata
  if (wanted.metadata.name !== name || wanted.metadata.namespace !== namespace)
    throw new Error('a mutation may not change name and namespace')
  return wanted
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.name ?? ''
}

function inNamespaceOf<T extends KubeObject>(resource: ResourceClient<T>, { metadata }: T): ResourceClient<T> {
  const { namespace = '' } = metadata
  return namespace === '' ? resource : resource.namespace(namespace)
}

function signalOf({ signal }: WriteOptions = {}): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
