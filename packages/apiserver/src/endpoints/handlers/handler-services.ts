import type { WatchEventMetrics } from '../../metrics/request-metrics.ts'
import type { Clock } from '@fairlead/apimachinery'
import type { Admission } from '../../admission/admission.ts'
import type { Authorizer } from '../../authorization/authorizer.ts'
import type { Negotiator } from '../../negotiation/negotiator.ts'
import type { KindFinder } from '../../negotiation/render-error.ts'
import type { ApiResponse } from '../../request/api-response.ts'
import type { RequestContext } from '../../request/request-context.ts'
import type { ServedResource } from '../served-resource.ts'

/** Finds what is served under a group, version, resource and subresource (empty for the resource itself). */
export type ResourceFinder = (
  group: string,
  version: string,
  resource: string,
  subresource: string,
) => ServedResource | undefined

/** What verb handlers work with. */
export interface HandlerServices {
  readonly find: ResourceFinder
  readonly findKind: KindFinder
  readonly admission: Admission
  /** Asked for `create` when a PUT makes an object; absent where nobody authorizes. */
  readonly authorizer?: Authorizer
  readonly clock: Clock
  /** From 0 up to 1, like Math.random. */
  readonly random: () => number
  readonly negotiator: Negotiator
  /** Bytes. */
  readonly bodyLimit: number
  /** How many bytes of changes may wait for one watcher before its watch is ended. */
  readonly watchBufferLimit: number
  /** The shortest watch without `timeoutSeconds`, in milliseconds. */
  readonly minRequestTimeout: number
  /** Called when a watch is ended because its client is too slow. */
  onSlowWatcher(resource: ServedResource): void
  /** Told of the events of one watch, of each with the bytes of its frame. */
  watchMetrics(resource: ServedResource): WatchEventMetrics | undefined
}

/** Answers one verb of one resource. */
export type VerbHandler = (
  services: HandlerServices,
  resource: ServedResource,
  context: RequestContext,
) => ApiResponse | Promise<ApiResponse>
