import { deepEqual, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import type { ObjectReference } from '../services/object-reference.ts'

/** discovery.k8s.io/v1 EndpointSlice. */
export interface EndpointSlice extends KubeObject {
  apiVersion: 'discovery.k8s.io/v1'
  kind: 'EndpointSlice'
  addressType: string
  endpoints?: Endpoint[] | null
  ports?: EndpointPort[] | null
}

export interface EndpointPort extends JsonObject {
  name?: string
  port?: number
  protocol?: string
  appProtocol?: string
}

export interface Endpoint extends JsonObject {
  addresses: string[]
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean }
  hostname?: string
  targetRef?: ObjectReference
  nodeName?: string
  zone?: string
  hints?: { forZones?: { name: string }[]; forNodes?: { name: string }[] }
}

/**
 * What tells an endpoint from others. Everything else may change in place: an endpoint that becomes ready, or another pod's
 * of the same name, keeps its slice.
 */
export function endpointKey({ addresses, hostname = '', targetRef }: Endpoint): string {
  return JSON.stringify([addresses.toSorted(), hostname, targetRef?.namespace ?? '', targetRef?.name ?? ''])
}

/** Whether two endpoints of one key are equal. At which version of the pod does not count. */
export function sameEndpoint(one: Endpoint, other: Endpoint): boolean {
  return deepEqual(comparable(one), comparable(other))
}

function comparable({ nodeName, zone, conditions, targetRef, hints }: Endpoint): JsonObject {
  const { resourceVersion: _, ...reference } = targetRef ?? {}
  return { nodeName, zone, conditions: conditions ?? {}, reference, hints: hints ?? {} }
}

/** Tells slices by their ports, whatever their order. */
export function portsKey(ports: readonly EndpointPort[] | null | undefined): string {
  return (ports ?? [])
    .map(({ name = '', port, protocol = 'TCP', appProtocol }) => JSON.stringify([name, port, protocol, appProtocol]))
    .sort()
    .join()
}
