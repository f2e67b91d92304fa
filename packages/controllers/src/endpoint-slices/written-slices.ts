import type { KubeObject } from '@fairlead/apimachinery'
import { compareResourceVersions, type Informer, type ObjectKey } from '@fairlead/client'
import { type Predicate, statesOf } from '@fairlead/controller-runtime'
import { managedByLabel } from '../services/labels.ts'
import type { EndpointSlice } from './endpoint-slice.ts'
import { ownerOf } from './slices-of-owner.ts'

/**
 * What a controller has written of slices, by whose they are: nothing is planned on a cache that has not heard of it, or
 * there would be slices twice.
 */
export interface WrittenSlices {
  wrote(owner: ObjectKey, slice: EndpointSlice): void
  deleted(owner: ObjectKey, slice: EndpointSlice): void
  /** Resolves when the cache has everything that was written, or the signal is aborted. */
  cached(owner: ObjectKey, signal: AbortSignal): Promise<void>
  /** Of an owner's slices in the cache, those that are there to stay. What others of them were written with is forgotten. */
  remaining(owner: ObjectKey, slices: readonly EndpointSlice[]): EndpointSlice[]
  forget(owner: ObjectKey): void
  /** Passes changes of slices with this label of managed-by that did not come from here. */
  changedByOthers(managedBy: string): Predicate
}

interface Written {
  newest: string | undefined
  /** By uid: the version written last. */
  readonly versions: Map<string, string>
  /** The uids of slices that are to disappear. */
  readonly deleted: Set<string>
}

export function createWrittenSlices(cache: Informer<EndpointSlice>): WrittenSlices {
  const owners = new Map<ObjectKey, Written>()
  const writtenFor = (owner: ObjectKey): Written => {
    const written = owners.get(owner) ?? { newest: undefined, versions: new Map(), deleted: new Set() }
    owners.set(owner, written)
    return written
  }
  const isExpected = (slice: KubeObject, isGone: boolean): boolean => {
    const { uid = '', resourceVersion } = slice.metadata
    const written = owners.get(ownerOf(slice))
    return isGone ? written?.deleted.has(uid) === true : !isNewer(resourceVersion, written?.versions.get(uid))
  }
  return {
    wrote(owner, { metadata: { uid = '', resourceVersion = '' } }) {
      const written = writtenFor(owner)
      written.versions.set(uid, resourceVersion)
      if (isNewer(resourceVersion, written.newest)) written.newest = resourceVersion
    },
    deleted(owner, { metadata: { uid = '' } }) {
      const written = writtenFor(owner)
      written.versions.delete(uid)
      written.deleted.add(uid)
    },
    async cached(owner, signal) {
      const newest = owners.get(owner)?.newest
      if (newest === undefined) return
      await cache.reached(newest, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
    },
    remaining(owner, slices) {
      const written = owners.get(owner)
      const present = new Set(slices.map(({ metadata }) => metadata.uid ?? ''))
      for (const uids of [written?.versions, written?.deleted]) {
        for (const uid of uids?.keys() ?? []) if (!present.has(uid)) uids?.delete(uid)
      }
      return slices.filter(({ metadata }) => {
        return metadata.deletionTimestamp === undefined && written?.deleted.has(metadata.uid ?? '') !== true
      })
    },
    forget: (owner) => void owners.delete(owner),
    changedByOthers: (managedBy) => (change) => {
      const isOurs = statesOf(change).some(({ metadata }) => metadata.labels?.[managedByLabel] === managedBy)
      return isOurs && !isExpected(change.object, change.type === 'delete')
    },
  }
}

function isNewer(version: string | undefined, than: string | undefined): boolean {
  if (version === undefined || than === undefined) return true
  // Versions that have no order are taken for changes.
  return (compareResourceVersions(version, than) ?? 1) > 0
}
