import { LruMap } from '@fairlead/controller-runtime'
import { describeReference, type ObjectReference } from './object-reference.ts'

/** Owners that are known not to exist, so that the server is not asked for each of their dependents. */
export interface AbsentOwners {
  add(owner: ObjectReference): void
  has(owner: ObjectReference): boolean
}

/** As upstream's. */
const size = 500

export function createAbsentOwners(): AbsentOwners {
  const known = new LruMap<string, true>(size)
  return {
    add: (owner) => known.set(describeReference(owner), true),
    has: (owner) => known.get(describeReference(owner)) === true,
  }
}
