import type { Clock } from '@fairlead/apimachinery'
import { type ApiService, isAvailable } from '../api-service/api-service.ts'
import { type LongRunningRules, readLongRunning } from '../api-service/long-running.ts'
import type { Backend, PresentedCertificate } from '../backend/backend.ts'
import { inProcessBackend, type InProcessServer } from '../backend/in-process-backend.ts'
import { networkBackend } from '../backend/network-backend.ts'
import { type ClientCertificate, tlsTarget } from '../backend/tls-target.ts'
import { createTransport } from '../backend/transport.ts'
import { compositeBackend } from '../composite/composite-backend.ts'
import { type MoreBackend, moreBackendsAnnotation, readMoreBackends } from '../composite/more-backends.ts'
import type { ServiceResolver } from '../services/resolve.ts'
import { backendTarget } from './backend-target.ts'

/** What a route needs to reach servers. */
export interface RouteOptions {
  readonly clock: Clock
  readonly resolve: ServiceResolver
  clientCertificate(): ClientCertificate | undefined
  /** The servers that run in this process, by name. */
  findInProcess(name: string): InProcessServer | undefined
  /** Told of the certificate that a server shows at each new connection. */
  readonly onCertificate?: (certificate: PresentedCertificate) => void
}

/** What this server found when it looked at the backend itself. */
export interface Verdict {
  readonly available: boolean
}

/** One APIService and the way to its servers. */
export interface Route {
  readonly apiService: ApiService
  /** Absent for local ones. */
  readonly backend?: Backend
  /** Why there is no backend, when there should be one. */
  readonly problem?: string
  /** Requests that its owner has said may take as long as they like. */
  readonly longRunning?: LongRunningRules
  /** Absent until this server has looked: then what is stored counts. */
  verdict?: Verdict
}

/** Makes the route of an APIService; the connections of the one before are kept where nothing about them changed. */
export function createRoute(apiService: ApiService, before: Route | undefined, options: RouteOptions): Route {
  if (apiService.service === undefined) return { apiService }
  const shared = {
    longRunning: declarations(apiService),
    ...(before?.verdict === undefined ? {} : { verdict: before.verdict }),
  }
  if (before !== undefined && sameConnection(before.apiService, apiService)) {
    const { backend, problem } = before
    return {
      apiService,
      ...(backend === undefined ? {} : { backend }),
      ...(problem === undefined ? {} : { problem }),
      ...shared,
    }
  }
  try {
    return { apiService, backend: createBackend(apiService, options), ...shared }
  } catch (error) {
    return { apiService, problem: error instanceof Error ? error.message : String(error), ...shared }
  }
}

/** An annotation that cannot be read, which no APIService is written with, declares nothing. */
function declarations({ annotations }: ApiService): LongRunningRules {
  try {
    return readLongRunning(annotations)
  } catch {
    return new Map()
  }
}

/** Whether requests may be sent on: by this server's own look at the backend, and before that by the stored condition. */
export function isReachable({ apiService, verdict }: Route): boolean {
  return verdict?.available ?? isAvailable(apiService)
}

function createBackend(apiService: ApiService, options: RouteOptions): Backend {
  const { service, group, version } = apiService
  if (service === undefined) throw new Error('a local APIService has no backend')
  const target = backendTarget(apiService)
  const first =
    target.kind === 'in-process'
      ? inProcessBackend(target.name, options.findInProcess)
      : serverBackend(apiService, target.kind === 'url' ? { address: target.address } : { service }, options)
  const more = readMoreBackends(apiService.annotations)
  if (more.length === 0) return first
  const members = [first, ...more.map((each) => serverBackend(apiService, each, options))]
  return compositeBackend(members, { group, version, clock: options.clock })
}

/** A server behind a Service, or on this host; the APIService says how its certificate is checked. */
function serverBackend(
  { caBundle, insecureSkipTlsVerify }: ApiService,
  place: MoreBackend,
  { clientCertificate, clock, onCertificate, resolve }: RouteOptions,
): Backend {
  const serverName = 'address' in place ? place.address.host : `${place.service.name}.${place.service.namespace}.svc`
  const target = tlsTarget({ serverName, insecureSkipTlsVerify, ...(caBundle === undefined ? {} : { caBundle }) })
  const transport = createTransport({ target, clientCertificate, clock, onCertificate })
  if ('address' in place) return networkBackend(transport, { resolve: () => place.address, usesService: false })
  return networkBackend(transport, { resolve: (avoid) => resolve(place.service, avoid), usesService: true })
}

function sameConnection(a: ApiService, b: ApiService): boolean {
  return connectionKey(a) === connectionKey(b)
}

function connectionKey(apiService: ApiService): string {
  const { service, caBundle, insecureSkipTlsVerify } = apiService
  const more = apiService.annotations[moreBackendsAnnotation]
  return JSON.stringify([service, caBundle, insecureSkipTlsVerify, targetKey(apiService), more])
}

function targetKey(apiService: ApiService): unknown {
  try {
    return backendTarget(apiService)
  } catch (error) {
    return error instanceof Error ? error.message : error
  }
}
