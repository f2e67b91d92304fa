import type { ObjectLike } from './object-types.ts'

/** Identifies an object among those of its resource: `namespace/name`, or `name` outside of namespaces. */
export type ObjectKey = string

export function objectKey({ metadata }: ObjectLike): ObjectKey {
  return keyOf(metadata?.namespace, metadata?.name ?? '')
}

export function keyOf(namespace: string | undefined, name: string): ObjectKey {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`
}

/** The parts of a key; the namespace is empty outside of namespaces. */
export function splitKey(key: ObjectKey): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/')
  return slash === -1 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}
