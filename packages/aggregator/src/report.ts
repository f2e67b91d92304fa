import { formatTimestamp, type JsonObject } from '@fairlead/apimachinery'
import type { ProbeRecord } from './availability/availability.ts'
import { discoveryPath } from './availability/probe.ts'
import type { Backend } from './backend/backend.ts'
import { parseCertificateBundle } from './backend/certificate-bundle.ts'
import type { RemoteDiscovery } from './discovery/discovery-manager.ts'
import { isReachable, type Route } from './routes/route.ts'

/** What is known of an APIService besides its route. */
export interface RouteKnowledge {
  readonly probe: ProbeRecord | undefined
  readonly discovery: RemoteDiscovery | undefined
  readonly openApiProblem: string | undefined
}

/** One APIService as `/debug/aggregation` shows it: where it leads, how it is, and until when certificates hold. */
export function reportRoute(route: Route, { probe, discovery, openApiProblem }: RouteKnowledge): JsonObject {
  const { apiService, backend, problem } = route
  const { name, service, caBundle } = apiService
  const place = service === undefined ? 'local' : `${service.namespace}/${service.name}:${service.port}`
  if (service === undefined) return { name, path: discoveryPath(apiService), backend: place, available: true }
  const presented = backend?.presented()
  return {
    name,
    path: discoveryPath(apiService),
    backend: place,
    address: addressOf(backend),
    available: isReachable(route),
    ...(problem === undefined ? {} : { problem }),
    ...(presented === undefined
      ? {}
      : { certificate: { subject: presented.subject, notAfter: formatTimestamp(presented.notAfter) } }),
    ...(caBundle === undefined || problem !== undefined ? {} : { caBundle: bundleExpiry(caBundle) }),
    ...(probe === undefined
      ? {}
      : {
          probe: {
            at: formatTimestamp(probe.at),
            latencyMs: Math.round(probe.latency),
            reason: probe.reason,
            message: probe.message,
          },
        }),
    ...(discovery === undefined ? {} : { discovery: discoveryState(discovery) }),
    ...(openApiProblem === undefined ? {} : { openApi: openApiProblem }),
  }
}

/** Of each server, where several stand for one. */
function addressOf(backend: Backend | undefined): string {
  if (backend?.members !== undefined) return backend.members.map(addressOf).join(', ')
  try {
    return backend?.locate().host ?? ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function bundleExpiry(caBundle: string): JsonObject {
  const ends = parseCertificateBundle(caBundle).map(({ validTo }) => Date.parse(validTo))
  return { certificates: ends.length, notAfter: formatTimestamp(Math.max(...ends)) }
}

function discoveryState({ freshness, resources, asOf }: RemoteDiscovery): JsonObject {
  return { freshness, resources: resources.length, ...(asOf === undefined ? {} : { asOf: formatTimestamp(asOf) }) }
}
