import { type Clock, encodeJson, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import type { MetricSet, OtherDocuments, PartialHandler, RequestContext, RequestInfo } from '@fairlead/apiserver'
import { isDeclaredLongRunning } from './api-service/long-running.ts'
import { createAvailability } from './availability/availability.ts'
import { createAvailabilityMetrics } from './availability/availability-metrics.ts'
import type { Address } from './backend/address.ts'
import { createCertificateMetrics } from './backend/certificate-metrics.ts'
import type { InProcessServer } from './backend/in-process-backend.ts'
import type { ClientCertificate } from './backend/tls-target.ts'
import { type AggregatedGroups, createAggregatedGroups } from './discovery/aggregated-groups.ts'
import { createDiscoveryManager, staleness } from './discovery/discovery-manager.ts'
import { listsResource } from './discovery/lists-resource.ts'
import {
  type ApiServiceWriter,
  type AutoRegistration,
  createAutoRegistration,
} from './registration/auto-registration.ts'
import { followLocalSources } from './registration/follow-local-sources.ts'
import { type LocalSource, mergeLocalGroups } from './registration/local-source.ts'
import { mergeSpecs } from './openapi/merge-specs.ts'
import { createRemoteDocumentHandler } from './openapi/openapi-handler.ts'
import { createOpenApiManager } from './openapi/openapi-manager.ts'
import { createOpenApiMetrics } from './openapi/openapi-metrics.ts'
import { reportRoute } from './report.ts'
import { createAggregatorHandler } from './routes/aggregator-handler.ts'
import type { ProxyOptions } from './proxy/proxy-request.ts'
import type { ObjectView } from './routes/object-view.ts'
import { createRouteTable, type RouteTable } from './routes/route-table.ts'
import type { KeptSnapshots } from './snapshots/kept-snapshots.ts'
import { resolveClusterIp, resolveEndpoint, resolveLoopback } from './services/resolve.ts'
import { createServiceCatalog } from './services/view-catalog.ts'

/** What an aggregator stands on. */
export interface AggregatorOptions {
  readonly clock: Clock
  readonly views: {
    readonly apiServices: ObjectView
    readonly services: ObjectView
    readonly endpointSlices: ObjectView
    readonly endpoints: ObjectView
  }
  /** Requests go to the endpoints of a Service instead of its cluster IP. */
  readonly routeToEndpoints: boolean
  readonly rejectRedirects: boolean
  /** Where this server itself listens: APIServices may point at `default/kubernetes`. */
  ownAddress(): Address
  /** The front proxy's certificate of the moment. */
  clientCertificate(): ClientCertificate | undefined
  findInProcess(name: string): InProcessServer | undefined
  /** What servers said, kept over a restart of this one. */
  readonly snapshots: { readonly discovery: KeptSnapshots; readonly openApi: KeptSnapshots }
  readonly writer: ApiServiceWriter
  writeStatus(object: KubeObject): Promise<void>
  /** What this server serves itself: an APIService is kept for each group-version. The first of them goes before others. */
  readonly local: readonly LocalSource[]
  readonly metrics: MetricSet
  /** Told of a request that this server answered in place of a server that cannot be asked. */
  onRefused(context: RequestContext, code: number): void
  /** Yields [0, 1). */
  random(): number
  /** A monotonic clock in milliseconds. */
  elapsed(): number
  onFailure(problem: string, details: { readonly name?: string; readonly error: unknown }): void
}

/** APIs that other servers serve, as part of this server's API. */
export interface Aggregator {
  /** To stand in front of the server's own handlers. `discovery` answers `/apis` and `/apis/{group}` from `groups`. */
  handler(discovery: PartialHandler): PartialHandler
  readonly groups: AggregatedGroups
  /** Whether a request is for a resource that a server behind says it has. */
  serves(info: RequestInfo): boolean
  /** Whether the owner of an APIService has said that a request may take as long as it likes (FLT-6). */
  isLongRunning(info: RequestInfo): boolean
  /** The documents of other servers, for the handler of OpenAPI. */
  readonly documents: OtherDocuments
  readonly registration: Pick<AutoRegistration, 'missing'>
  /** Resolves when every local group-version that was served at the start has been registered. */
  registered(): Promise<void>
  readonly routes: RouteTable
  /** What `/debug/aggregation` answers: every APIService with its path, server, certificates and last probe. */
  report(): readonly JsonObject[]
  /** Resolves when every APIService has been looked at once, and its server asked for its discovery. */
  settled(): Promise<void>
  stop(): void
}

/**
 * Four loops around one table of routes: routes follow the stored APIServices at once; availability, discovery and OpenAPI
 * ask each server by itself and never wait for one another.
 */
export function createAggregator(options: AggregatorOptions): Aggregator {
  const { clock, views } = options
  const catalog = createServiceCatalog(views, (namespace, name) => availability.serviceChanged(namespace, name))
  const routes = createRouteTable(views.apiServices, {
    clock,
    resolve: resolveLoopback(
      options.ownAddress,
      options.routeToEndpoints ? resolveEndpoint(catalog, options.random) : resolveClusterIp(catalog),
    ),
    clientCertificate: options.clientCertificate,
    findInProcess: options.findInProcess,
    onCertificate: createCertificateMetrics(options.metrics),
  })
  const reporting = (problem: string) => (name: string, error: unknown) => options.onFailure(problem, { name, error })
  const availability = createAvailability({
    clock,
    routes,
    catalog,
    metrics: createAvailabilityMetrics(options.metrics),
    writeStatus: options.writeStatus,
    elapsed: options.elapsed,
    openApiProblem: (name) => openApi.problem(name),
    staleness: (name) => staleness(discovery.get(name)),
    onFailure: reporting('APIService is not available'),
  })
  const discovery = createDiscoveryManager({
    clock,
    routes,
    snapshots: options.snapshots.discovery,
    onStalenessChange: (name) => availability.lookAgain(name),
    onFailure: reporting('discovery of APIService failed'),
  })
  const openApiMetrics = createOpenApiMetrics(options.metrics)
  const openApi = createOpenApiManager({
    clock,
    routes,
    metrics: openApiMetrics,
    snapshots: options.snapshots.openApi,
    onProblemChange: (name) => availability.lookAgain(name),
    onFailure: reporting('OpenAPI of APIService failed'),
  })
  const proxy: ProxyOptions = {
    clock,
    rejectRedirects: options.rejectRedirects,
    onFailure: (problem, error) => options.onFailure(problem, { error }),
    onRefused: options.onRefused,
  }
  const remoteDocuments = createRemoteDocumentHandler(routes, openApi, proxy)
  const registration = createAutoRegistration({
    clock,
    apiServices: views.apiServices,
    writer: options.writer,
    onFailure: reporting('registration of APIService failed'),
  })
  const sources = followLocalSources(options.local, registration)
  const report = (): readonly JsonObject[] =>
    [...routes.all()].map((route) => {
      const { name } = route.apiService
      return reportRoute(route, {
        probe: availability.lastProbe(name),
        discovery: discovery.get(name),
        openApiProblem: openApi.problem(name),
      })
    })
  const reportResponse: PartialHandler = ({ request }) =>
    request.method === 'GET'
      ? {
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: `${encodeJson([...report()], { pretty: true })}\n`,
        }
      : undefined
  return {
    handler(legacy) {
      const requests = createAggregatorHandler({ routes, discovery: legacy, proxy })
      return (context) => {
        if (context.info.path === '/debug/aggregation') return reportResponse(context)
        return requests(context) ?? remoteDocuments(context)
      }
    },
    documents: {
      get generation() {
        return openApi.generation
      },
      mergeV2(own) {
        const started = options.elapsed()
        const merged = mergeSpecs(own, openApi.specs())
        openApiMetrics.merged((options.elapsed() - started) / 1000)
        return merged
      },
      v3Paths: openApi.v3Paths,
      v3Documents: openApi.v3Documents,
    },
    groups: createAggregatedGroups({
      routes,
      discovery,
      local: mergeLocalGroups(options.local),
      metrics: options.metrics,
    }),
    serves(info) {
      const name = `${info.version}.${info.group}`
      if (!info.isResourceRequest || routes.get(name)?.apiService.service === undefined) return false
      return listsResource(discovery.get(name)?.resources ?? [], info)
    },
    isLongRunning(info) {
      if (info.subresource === '') return false
      const rules = routes.get(`${info.version}.${info.group}`)?.longRunning
      return rules !== undefined && isDeclaredLongRunning(rules, info)
    },
    registration,
    async registered() {
      await sources.started
      await registration.settled()
    },
    routes,
    report,
    async settled() {
      await Promise.all([availability.settled(), discovery.settled(), registration.settled()])
    },
    stop() {
      availability.stop()
      discovery.stop()
      openApi.stop()
      sources.stop()
      registration.stop()
      routes.close()
    },
  }
}
