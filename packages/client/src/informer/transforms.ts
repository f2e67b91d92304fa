import type { ObjectLike } from '../object-types.ts'

/** Drops `metadata.managedFields`, often half of an object, of which controllers make no use. For `transform`. */
export function withoutManagedFields<T extends ObjectLike>(object: T): T {
  const metadata = object.metadata as { managedFields?: unknown } | undefined
  if (metadata?.managedFields === undefined) return object
  // A copy: what an object has lost a member from takes as much memory as before, unless that was its last one.
  const { managedFields: _, ...rest } = metadata
  return Object.assign(object, { metadata: rest })
}
