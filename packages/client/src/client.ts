import { type Clock, type KubeObject, parseGroupVersion, systemClock } from '@fairlead/apimachinery'
import { createDiscovery, type Discovery } from './discovery/discovery.ts'
import type { ObjectLike } from './object-types.ts'
import { type ApiCall, createRequester } from './request/requester.ts'
import type { ApiWarning } from './request/warnings.ts'
import { createResourceClient } from './resource/create-resource-client.ts'
import type { ResourceClient } from './resource/resource-client.ts'
import { resourceOf } from './resource/resource-path.ts'
import type { Transport, TransportResponse } from './transport.ts'
import type { ReflectorTimes } from './watch/reflect.ts'

/** Access to one API server. */
export interface Client {
  /**
   * A resource by `apiVersion` and plural name, in all namespaces: `client.resource<Pod>('v1', 'pods')`. Nothing is asked
   * of the server, so that it need not exist yet.
   */
  resource<T extends ObjectLike = KubeObject>(apiVersion: string, resource: string): ResourceClient<T>
  /** The resource of a kind, by discovery. Throws a `NoMatchError` when the server has none. */
  resourceForKind<T extends ObjectLike = KubeObject>(
    apiVersion: string,
    kind: string,
    options?: { readonly signal?: AbortSignal },
  ): Promise<ResourceClient<T>>
  readonly discovery: Discovery
  /** Any call that answers with JSON. */
  request<Body>(call: ApiCall): Promise<Body>
  /** Any call; the body comes as it is. A response that is no success is thrown as a StatusError. */
  stream(call: ApiCall): Promise<TransportResponse>
  readonly transport: Transport
  /** The clock and the random numbers that this client was made with, for what is built on it. */
  readonly times: ReflectorTimes
}

export interface ClientOptions {
  readonly clock?: Clock
  /** From 0 to 1; `Math.random` unless told. */
  readonly random?: () => number
  readonly userAgent?: string
  /** How often a call is tried again that the server asks to try again; 10 unless told. */
  readonly maxRetries?: number
  /** Hears what the server wants people to read. */
  readonly onWarning?: (warning: ApiWarning) => void
}

/** The server has no resource for a kind. */
export class NoMatchError extends Error {
  constructor(apiVersion: string, kind: string) {
    super(`no matches for kind "${kind}" in version "${apiVersion}"`)
  }

  static {
    this.prototype.name = 'NoMatchError'
  }
}

export function createClient(transport: Transport, options: ClientOptions = {}): Client {
  const clock = options.clock ?? systemClock
  const times = { clock, random: options.random ?? Math.random }
  const requester = createRequester(transport, {
    clock,
    userAgent: options.userAgent ?? 'fairlead/0.1.0',
    maxRetries: options.maxRetries ?? 10,
    ...(options.onWarning === undefined ? {} : { onWarning: options.onWarning }),
  })
  const discovery = createDiscovery(requester, clock)
  const parts = { requester, times }
  const client: Client = {
    resource: (apiVersion, resource) =>
      createResourceClient(parts, { resource: resourceOf(apiVersion, resource), namespace: '' }),
    async resourceForKind(apiVersion, kind, callOptions) {
      const groupVersion = parseGroupVersion(apiVersion)
      const found = groupVersion && (await discovery.resourceFor({ ...groupVersion, kind }, callOptions))
      if (found === undefined) throw new NoMatchError(apiVersion, kind)
      return client.resource(apiVersion, found.resource)
    },
    discovery,
    request: (call) => requester.json(call),
    stream: (call) => requester.send(call),
    transport,
    times,
  }
  return client
}
