import type { ObjectLike } from '../object-types.ts'

/** Drops `metadata.managedFields`, often half of an object, of which controllers make no use. For `transform`. */
export function withoutManagedFields<T extends ObjectLike>(object: T): T {
  const metadata = object.metadata as { managedFields?: unknown } | undefined
  if (metadata !== undefined) delete metadata.managedFields
  return object
}
