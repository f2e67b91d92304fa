import { type AuditOptions, openAudit } from '../audit/open-audit.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import { composeHandlers, type PartialHandler } from '../endpoints/compose-handlers.ts'
import { conditionCheck, type HealthCheck, pingCheck } from '../endpoints/health-checks.ts'
import { healthRoutes } from '../endpoints/health.ts'
import { metricsEndpoint } from '../endpoints/metrics.ts'
import { createNonResourceRouter } from '../endpoints/non-resource-router.ts'
import { rootPaths } from '../endpoints/root-paths.ts'
import { emulatedVersion, type VersionInfo, versionEndpoint } from '../endpoints/version.ts'
import { RequestsInFlight } from '../filters/requests-in-flight.ts'
import { createMetricSet, type MetricSet } from '../metrics/metric-set.ts'
import { createRequestMetrics, type RequestMetrics } from '../metrics/request-metrics.ts'
import { NumberFamily } from '../metrics/number-family.ts'
import type { ApiRequest } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'
import type { Handler } from '../request/request-context.ts'
import type { RequestInfo } from '../request/request-info.ts'
import { createInProcessTransport, type InProcessTransport } from '../serving/in-process.ts'
import { type Listener, listen, type ListenOptions } from '../serving/listener.ts'
import { listenPlain, type PlainListenOptions } from '../serving/plain-listener.ts'
import { buildHandlerChain, type HandlerChainOptions } from './handler-chain.ts'
import { shutDown, type ShutdownOptions } from './shutdown.ts'

/** What an API server is made of. */
export interface ApiServerOptions extends Omit<HandlerChainOptions, 'inFlight' | 'metrics' | 'sendingAway' | 'audit'> {
  /** Records requests by a policy. The backend is opened with the server and closed after its last request. */
  readonly audit?: AuditOptions
  /** The servers behind the filters, in order: aggregator, resources, and so on. */
  readonly handlers: readonly PartialHandler[]
  /** Further paths that are not resources, by exact path. */
  readonly routes?: ReadonlyMap<string, Handler>
  /** Paths that the handlers serve, for the listing at `/`. */
  readonly paths?: () => Iterable<string>
  /** Checks of all three health endpoints. */
  readonly healthChecks?: () => readonly HealthCheck[]
  /** Checks of `/readyz` alone. */
  readonly readinessChecks?: () => readonly HealthCheck[]
  readonly version?: VersionInfo
  /** Whether a request is for something that exists here; others are counted together. Default: only paths of this server. */
  readonly isServed?: (info: RequestInfo) => boolean
  readonly processMetrics?: boolean
  /** While it shuts down, the server sends clients away with 429 instead of closing its listeners early. */
  readonly sendAwayOnShutdown?: boolean
}

/** A server, with or without listeners. */
export interface ApiServer {
  /** Answers one request, filters included. */
  readonly handle: (request: ApiRequest) => Promise<ApiResponse>
  readonly metrics: MetricSet
  readonly requestMetrics: RequestMetrics
  /** Calls the server in this process, as `user` or with the credentials that the calls carry. */
  transport(user?: UserInfo): InProcessTransport
  listen(options: Pick<ListenOptions, 'host' | 'port' | 'tls' | 'limits'>): Promise<Listener>
  /** Listens on loopback without TLS and without asking anybody who he is: every request is `user`'s. */
  listenPlain(
    options: Pick<PlainListenOptions, 'host' | 'port' | 'user' | 'limits'>,
  ): Promise<Omit<Listener, 'replaceTls'>>
  /** Ends listeners and requests in order. Storage and the like are the caller's, in `afterClose`. */
  shutDown(options?: ShutdownOptions): Promise<void>
}

/** Assembles a server. It answers at once; `/readyz` tells when its checks pass. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { clock, log, version = emulatedVersion } = options
  const inFlight = new RequestsInFlight()
  const metrics = createMetricSet({ processMetrics: options.processMetrics ?? false })
  const router = ownRoutes(options, metrics, () => shuttingDown)
  const isServed = (info: RequestInfo): boolean => router.paths.has(info.path) || options.isServed?.(info) === true
  const requestMetrics = createRequestMetrics(metrics, isServed)
  addBuildInfo(metrics, version)
  const listeners: Omit<Listener, 'replaceTls'>[] = []
  let shuttingDown = false
  const audit = options.audit === undefined ? undefined : openAudit(options.audit, { clock, log, metrics })

  const { audit: _audit, ...chainOptions } = options
  const handle = buildHandlerChain(
    {
      ...chainOptions,
      ...(audit === undefined ? {} : { audit: audit.trail }),
      inFlight,
      metrics: requestMetrics,
      sendingAway: () => shuttingDown && options.sendAwayOnShutdown === true,
    },
    composeHandlers([router.handler, ...options.handlers]),
  )
  return {
    handle,
    metrics,
    requestMetrics,
    transport: (user) => createInProcessTransport(handle, user === undefined ? {} : { user }),
    async listen(address) {
      const listener = await listen({
        ...address,
        handle,
        report: (message, error) => log.error(message, { error }),
        onHandshakeError: () => requestMetrics.handshakeFailed(),
      })
      listeners.push(listener)
      return listener
    },
    async listenPlain(address) {
      const listener = await listenPlain({
        ...address,
        handle,
        report: (message, error) => log.error(message, { error }),
      })
      listeners.push(listener)
      return listener
    },
    async shutDown(how) {
      const markUnready = (): void => {
        shuttingDown = true
      }
      await shutDown(
        { clock, inFlight, listeners, markUnready },
        {
          ...how,
          async afterClose() {
            await audit?.close()
            await how?.afterClose?.()
          },
        },
      )
    },
  }
}

/** The paths of the server itself. */
function ownRoutes(
  options: ApiServerOptions,
  metrics: MetricSet,
  shuttingDown: () => boolean,
): { readonly handler: PartialHandler; readonly paths: ReadonlySet<string> } {
  const checks = (): readonly HealthCheck[] => [pingCheck, ...(options.healthChecks?.() ?? [])]
  const shutdownCheck = conditionCheck('shutdown', () => !shuttingDown(), 'process is shutting down')
  const readiness = (): readonly HealthCheck[] => [...checks(), ...(options.readinessChecks?.() ?? []), shutdownCheck]
  const health = healthRoutes({ healthz: checks, livez: checks, readyz: readiness }, options.log)
  const version = versionEndpoint(options.version ?? emulatedVersion)
  const exact = new Map<string, Handler>([
    ...health.exact,
    ['/metrics', metricsEndpoint(metrics)],
    ['/version', version],
    ['/version/', version],
    ...(options.routes ?? []),
  ])
  const listed = [...exact.keys()].filter((path) => !path.endsWith('/'))
  const index = rootPaths(() => [
    ...listed,
    ...readiness().map((check) => `/readyz/${check.name}`),
    ...checks().flatMap((check) => [`/healthz/${check.name}`, `/livez/${check.name}`]),
    ...(options.paths?.() ?? []),
  ])
  exact.set('/', index).set('/index.html', index)
  return { handler: createNonResourceRouter({ exact, prefixes: health.prefixes }), paths: new Set(exact.keys()) }
}

function addBuildInfo(metrics: MetricSet, version: VersionInfo): void {
  const family = new NumberFamily('gauge', {
    name: 'kubernetes_build_info',
    help: 'The release that is emulated; the value is always 1.',
    labels: [
      'build_date',
      'compiler',
      'git_commit',
      'git_tree_state',
      'git_version',
      'go_version',
      'major',
      'minor',
      'platform',
    ],
  })
  const { buildDate, compiler, gitCommit, gitTreeState, gitVersion, goVersion, major, minor, platform } = version
  family.series(buildDate, compiler, gitCommit, gitTreeState, gitVersion, goVersion, major, minor, platform).value = 1
  metrics.add(family)
}
