import { formatTimestamp, parseTimestamp } from '@fairlead/apimachinery'
import type { KubeObject, ObjectMeta } from '@fairlead/apimachinery'
import type { ResourceStrategy } from '@fairlead/openapi'

/** How much time a deletion leaves the object. */
export type Grace =
  /** None: nothing about the object has to be written for it. */
  | { readonly kind: 'none' }
  /** A deletion with at most as much time is under way. */
  | { readonly kind: 'pending' }
  /** The metadata says so now, and must be stored before anything else happens. 0 deletes right after that. */
  | { readonly kind: 'given'; readonly seconds: number }

/** Decides about the grace period of a deletion and writes it into the metadata of `object`. `now` is in milliseconds. */
export function grantGrace(
  object: KubeObject,
  options: { readonly strategy: ResourceStrategy; readonly requested: number | undefined; readonly now: number },
): Grace {
  const { strategy, now } = options
  const requested = options.requested === undefined ? undefined : atLeastOne(options.requested)
  const { metadata } = object
  const stored = metadata.deletionGracePeriodSeconds
  if (stored !== undefined) metadata.deletionGracePeriodSeconds = atLeastOne(stored)
  if (strategy.gracePeriod === undefined) return { kind: 'none' }
  if (metadata.deletionTimestamp !== undefined) return shortenGrace(metadata, requested, now)
  const seconds = atLeastOne(strategy.gracePeriod(object, requested))
  metadata.deletionTimestamp = formatTimestamp(now + seconds * 1000)
  metadata.deletionGracePeriodSeconds = seconds
  raiseGeneration(metadata)
  return { kind: 'given', seconds }
}

/** Marks an object that finalizers keep, and that has no grace period, as being deleted. */
export function markAsDeleting(metadata: ObjectMeta, now: number): void {
  if (metadata.deletionGracePeriodSeconds === undefined) raiseGeneration(metadata)
  const since = metadata.deletionTimestamp === undefined ? undefined : parseTimestamp(metadata.deletionTimestamp)
  if (since === undefined || since > now) metadata.deletionTimestamp = formatTimestamp(now)
  metadata.deletionGracePeriodSeconds = 0
}

/** A deletion that is under way can only become shorter. */
function shortenGrace(metadata: ObjectMeta, requested: number | undefined, now: number): Grace {
  const stored = metadata.deletionGracePeriodSeconds ?? 0
  if (stored === 0) return { kind: 'none' }
  if (requested === undefined || requested >= stored) return { kind: 'pending' }
  const due = (parseTimestamp(metadata.deletionTimestamp ?? '') ?? now) - (stored - requested) * 1000
  const seconds = due < now && requested !== 0 ? 1 : requested
  metadata.deletionTimestamp = formatTimestamp(Math.max(due, now))
  metadata.deletionGracePeriodSeconds = seconds
  return { kind: 'given', seconds }
}

/** Negative periods count as one second. */
function atLeastOne(seconds: number): number {
  return seconds < 0 ? 1 : seconds
}

/** That an object is being deleted is something that its controllers must see as a change of what is wanted. */
function raiseGeneration(metadata: ObjectMeta): void {
  if ((metadata.generation ?? 0) > 0) metadata.generation = (metadata.generation ?? 0) + 1
}
