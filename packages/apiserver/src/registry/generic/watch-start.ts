import type { WatchRequest } from '../rest/capabilities.ts'
import { whenCurrent, whenReached, whenReady } from './resource-cache.ts'
import type { ResourceCache } from './resource-cache.ts'
import { requestedRevision } from './resource-version.ts'
import type { RequestedRevision } from './resource-version.ts'
import type { StoreParts } from './store-parts.ts'

/** Where a watch begins. */
export interface WatchStart {
  /** The current state comes first, as ADDED events. */
  readonly initialEvents: boolean
  /** 0 for "now". */
  readonly revision: RequestedRevision
  /** The cache knows everything that the watch must not miss. */
  ready(parts: StoreParts): Promise<ResourceCache>
}

/**
 * What the parameters of a watch mean. Without sendInitialEvents and without a revision a watch begins with the current
 * state, as watches did before there was sendInitialEvents.
 */
export function planWatch(request: WatchRequest): WatchStart {
  const { resourceVersion, sendInitialEvents } = request
  const revision = requestedRevision(resourceVersion)
  const initialEvents = sendInitialEvents ?? revision === 0
  if (resourceVersion === '') {
    return { initialEvents, revision: 0, ready: (parts) => whenCurrent(parts.cache(), parts.storage) }
  }
  const waits = initialEvents && revision !== 0
  return {
    initialEvents,
    revision,
    ready: (parts) => (waits ? whenReached(parts.cache(), revision) : whenReady(parts.cache())),
  }
}
