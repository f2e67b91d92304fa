import type { RequestKind } from '../filters/max-in-flight.ts'
import type { RequestContext } from '../request/request-context.ts'
import { isLongRunning } from '../request/long-running.ts'
import type { RequestInfo } from '../request/request-info.ts'
import { HistogramFamily, type HistogramSeries } from './histogram-family.ts'
import type { MetricSet } from './metric-set.ts'
import { NumberFamily, type NumberSeries } from './number-family.ts'
import { dryRunLabel, scopeLabel, verbLabel } from './request-labels.ts'

/** What the server counts of requests. */
export interface RequestMetrics {
  /** A request has been answered. `size` is undefined for streamed bodies. */
  finished(
    context: RequestContext,
    outcome: { readonly code: number; readonly seconds: number; readonly size?: number },
  ): void
  /** A long-running request has begun; the function returned says that it is over. */
  longRunning(context: RequestContext): () => void
  /** Requests being answered now. */
  inFlight(kind: RequestKind, count: number): void
  /** The server gave up on a request, or turned it away, to protect itself. `by` is the part of it that did so. */
  terminated(context: RequestContext, code: number, by?: 'aggregator'): void
  /** Events were sent to watchers. */
  watchEvents(resource: {
    readonly group: string
    readonly version: string
    readonly resource: string
  }): WatchEventMetrics
  /** A watch was ended because its client was too slow. */
  watcherTerminated(resource: { readonly group: string; readonly resource: string }): void
  /** A version was asked for that clients should leave. */
  deprecated(resource: {
    readonly group: string
    readonly version: string
    readonly resource: string
    readonly subresource: string
    readonly deprecation?: { readonly removedRelease?: string }
  }): void
  handshakeFailed(): void
}

/** The watch metrics of one resource; keep it. */
export interface WatchEventMetrics {
  sent(count: number, bytesPerEvent: number): void
}

const component = 'apiserver'
const target = ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'component'] as const
const durationBuckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
]

const sliBuckets = durationBuckets.filter((bound) => bound >= 0.05)

/** Adds the request metrics to a set. `isServed` keeps paths that nobody serves from making series of their own. */
export function createRequestMetrics(set: MetricSet, isServed: (info: RequestInfo) => boolean): RequestMetrics {
  const families = addFamilies(set)
  const series = new Map<string, TargetSeries>()

  const find = (context: RequestContext): TargetSeries => {
    const { info } = context
    const served = isServed(info)
    const verb = verbLabel(context)
    const dryRun = dryRunLabel(context)
    const scope = served ? scopeLabel(info) : ''
    const key = served
      ? `${verb} ${info.group} ${info.version} ${info.resource} ${info.subresource} ${scope} ${dryRun} ${info.isResourceRequest ? '' : info.path}`
      : `${verb} ${dryRun}`
    let found = series.get(key)
    if (found === undefined) {
      const { group, version, resource } = served ? info : { group: '', version: '', resource: '' }
      const subresource = served ? (info.isResourceRequest ? info.subresource : info.path) : ''
      found = openSeries(families, { verb, dryRun, group, version, resource, subresource, scope })
      series.set(key, found)
    }
    return found
  }

  return {
    finished(context, { code, seconds, size }) {
      const found = find(context)
      found.count(code).value += 1
      found.duration.observe(seconds)
      // What has no end of its own says nothing about the service.
      if (!isLongRunning(context.info)) found.sliDuration().observe(seconds)
      if (size !== undefined) found.size.observe(size)
    },
    longRunning(context) {
      const longRunning = find(context).longRunning()
      longRunning.value += 1
      return () => {
        longRunning.value -= 1
      }
    },
    inFlight(kind, count) {
      families.inFlight.series(kind).value = count
    },
    terminated(context, code, by) {
      find(context).terminated(code, by).value += 1
    },
    watchEvents({ group, version, resource }) {
      const events = families.watchEvents.series(group, version, resource)
      const sizes = families.watchEventSizes.series(group, version, resource)
      return {
        sent(count, bytesPerEvent) {
          events.value += count
          for (let index = 0; index < count; index++) sizes.observe(bytesPerEvent)
        },
      }
    },
    watcherTerminated({ group, resource }) {
      families.terminatedWatchers.series(group, resource).value += 1
    },
    deprecated({ group, version, resource, subresource, deprecation }) {
      const removed = deprecation?.removedRelease ?? ''
      families.deprecated.series(group, version, resource, subresource, removed).value = 1
    },
    handshakeFailed() {
      families.handshakeErrors.series().value += 1
    },
  }
}

interface TargetSeries {
  readonly duration: HistogramSeries
  sliDuration(): HistogramSeries
  readonly size: HistogramSeries
  longRunning(): NumberSeries
  count(code: number): NumberSeries
  terminated(code: number, by?: string): NumberSeries
}

interface TargetLabels {
  readonly verb: string
  readonly dryRun: string
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  readonly scope: string
}

function openSeries(families: Families, labels: TargetLabels): TargetSeries {
  const { verb, dryRun, group, version, resource, subresource, scope } = labels
  const where = [group, version, resource, subresource, scope] as const
  const what = [...where, component] as const
  const counts = new Map<number, NumberSeries>()
  let sliDuration: HistogramSeries | undefined
  return {
    duration: families.durations.series(verb, dryRun, ...what),
    sliDuration() {
      sliDuration ??= families.sliDurations.series(verb, ...what)
      return sliDuration
    },
    size: families.sizes.series(verb, ...what),
    longRunning: () => families.longRunning.series(verb, ...what),
    count(code) {
      let found = counts.get(code)
      if (found === undefined) {
        found = families.requests.series(verb, dryRun, ...what, String(code))
        counts.set(code, found)
      }
      return found
    },
    terminated: (code, by = component) => families.terminations.series(verb, ...where, by, String(code)),
  }
}

type Families = ReturnType<typeof addFamilies>

function addFamilies(set: MetricSet) {
  const withDryRun = ['verb', 'dry_run', ...target.slice(1)]
  return {
    requests: set.add(
      new NumberFamily('counter', {
        name: 'apiserver_request_total',
        help: 'Requests answered, by verb, dry run, group, version, resource, scope, component and HTTP status code.',
        labels: [...withDryRun, 'code'],
      }),
    ),
    durations: set.add(
      new HistogramFamily({
        name: 'apiserver_request_duration_seconds',
        help: 'Time to answer a request, in seconds.',
        labels: withDryRun,
        buckets: durationBuckets,
      }),
    ),
    sliDurations: set.add(
      new HistogramFamily({
        name: 'apiserver_request_sli_duration_seconds',
        help: 'Time to answer a request that is not long-running, in seconds.',
        labels: target,
        buckets: sliBuckets,
      }),
    ),
    sizes: set.add(
      new HistogramFamily({
        name: 'apiserver_response_sizes',
        help: 'Size of response bodies, in bytes.',
        labels: target,
        buckets: [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9],
      }),
    ),
    longRunning: set.add(
      new NumberFamily('gauge', {
        name: 'apiserver_longrunning_requests',
        help: 'Long-running requests being answered now.',
        labels: target,
      }),
    ),
    inFlight: set.add(
      new NumberFamily('gauge', {
        name: 'apiserver_current_inflight_requests',
        help: 'Requests being answered now that count against the limits, by kind.',
        labels: ['request_kind'],
      }),
    ),
    terminations: set.add(
      new NumberFamily('counter', {
        name: 'apiserver_request_terminations_total',
        help: 'Requests that the server gave up on or turned away to protect itself.',
        labels: [...target, 'code'],
      }),
    ),
    watchEvents: set.add(
      new NumberFamily('counter', {
        name: 'apiserver_watch_events_total',
        help: 'Events sent to watchers.',
        labels: ['group', 'version', 'resource'],
      }),
    ),
    watchEventSizes: set.add(
      new HistogramFamily({
        name: 'apiserver_watch_events_sizes',
        help: 'Size of events sent to watchers, in bytes.',
        labels: ['group', 'version', 'resource'],
        buckets: [1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072],
      }),
    ),
    terminatedWatchers: set.add(
      new NumberFamily('counter', {
        name: 'apiserver_terminated_watchers_total',
        help: 'Watches ended because their clients did not keep up.',
        labels: ['group', 'resource'],
      }),
    ),
    deprecated: set.add(
      new NumberFamily('gauge', {
        name: 'apiserver_requested_deprecated_apis',
        help: 'Deprecated versions that have been asked for, with the release that will be without them.',
        labels: ['group', 'version', 'resource', 'subresource', 'removed_release'],
      }),
    ),
    handshakeErrors: set.add(
      new NumberFamily('counter', {
        name: 'apiserver_tls_handshake_errors_total',
        help: 'TLS handshakes that failed.',
        labels: [],
      }),
    ),
  }
}
