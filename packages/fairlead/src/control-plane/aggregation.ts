import {
  type Aggregator,
  type ApiServiceWriter,
  type ClientCertificate,
  createAggregator,
  describeApiServices,
  type InProcessServer,
  type LocalSource,
} from '@fairlead/aggregator'
import { type Clock, encodeJson, type KubeObject, type Status, StatusError } from '@fairlead/apimachinery'
import { aggregatedDiscoveryForm, builtinKind } from '@fairlead/api'
import {
  conditionCheck,
  createDiscoveryHandler,
  type DiscoveryGroup,
  type HealthCheck,
  type InProcessTransport,
  type MetricSet,
  type OtherDocuments,
  type PartialHandler,
  type Registry,
  type RequestInfo,
  type RequestMetrics,
} from '@fairlead/apiserver'
import type { ResourceDescription } from '@fairlead/openapi'
import type { Storage } from '@fairlead/storage'
import type { Logger } from '../logging/logger.ts'
import type { AggregationSettings } from './aggregation-settings.ts'
import { viewStore } from './store-view.ts'
import { openSnapshots } from './stored-snapshots.ts'

/** How APIs of other servers are served. */
export interface AggregationOptions {
  readonly clock: Clock
  readonly registry: Registry
  readonly storage: Storage
  /** What this server serves itself. */
  readonly local: readonly LocalSource[]
  readonly logger: Logger
  readonly metrics: MetricSet
  readonly requestMetrics: Pick<RequestMetrics, 'terminated'>
  readonly transport: InProcessTransport
  readonly settings: AggregationSettings
  clientCertificate(): ClientCertificate | undefined
  ownAddress(): { readonly host: string; readonly port: number }
}

/** The aggregation layer of a control plane. */
export interface Aggregation {
  readonly aggregator: Aggregator
  /** To stand in front of the server's own handlers. */
  handler(options: { serverAddress(): string }): PartialHandler
  /** Makes a server of this process one that an APIService may name; the function returned takes it back. */
  addServer(name: string, server: InProcessServer): () => void
  /** Resolves when what was noted for the next start has been written. */
  stop(): Promise<void>
}

/** Descriptions with what the aggregation layer knows of APIServices. */
export function describeAggregation(
  descriptions: readonly ResourceDescription[],
  local: () => readonly DiscoveryGroup[],
): readonly ResourceDescription[] {
  const isLocal = (group: string, version: string): boolean =>
    local().some(({ name, versions }) => name === group && versions.some((entry) => entry.version === version))
  return descriptions.map((description) =>
    description.resource === 'apiservices' ? describeApiServices(description, { isLocal }) : description,
  )
}

/** Starts the aggregation layer: routes for what is stored, and an APIService for every built-in group-version. */
export async function startAggregation(options: AggregationOptions): Promise<Aggregation> {
  const { clock, registry, logger } = options
  const view = async (group: string, resource: string) => {
    const store = registry.store(group, resource)
    if (store === undefined) throw new Error(`${resource}.${group} is not stored`)
    return await viewStore(store)
  }
  const [apiServices, services, endpointSlices, endpoints] = await Promise.all([
    view('apiregistration.k8s.io', 'apiservices'),
    view('', 'services'),
    view('discovery.k8s.io', 'endpointslices'),
    view('', 'endpoints'),
  ])
  const snapshots = (folder: 'discovery' | 'openapi') =>
    openSnapshots({
      storage: options.storage,
      folder,
      onFailure: (problem, name, error) => logger.warn({ err: error, apiService: name, folder }, problem),
    })
  const [discovery, openApi] = await Promise.all([snapshots('discovery'), snapshots('openapi')])
  const servers = new Map<string, InProcessServer>()
  const aggregator = createAggregator({
    clock,
    views: { apiServices, services, endpointSlices, endpoints },
    ...options.settings,
    ownAddress: options.ownAddress,
    clientCertificate: options.clientCertificate,
    findInProcess: (name) => servers.get(name),
    snapshots: { discovery, openApi },
    writer: apiServiceWriter(options.transport),
    writeStatus: (object) => put(options.transport, `${collection}/${nameOf(object)}/status`, object),
    local: options.local,
    metrics: options.metrics,
    onRefused: (context, code) => options.requestMetrics.terminated(context, code, 'aggregator'),
    random: Math.random,
    elapsed: () => performance.now(),
    onFailure: (problem, { name, error }) => logger.debug({ err: error, apiService: name }, problem),
  })
  await aggregator.registered()
  return {
    aggregator,
    handler: ({ serverAddress }) =>
      aggregator.handler(
        createDiscoveryHandler({
          ...aggregator.groups,
          serverAddress,
          findKind: builtinKind,
          aggregatedForm: aggregatedDiscoveryForm,
        }),
      ),
    addServer(name, server) {
      servers.set(name, server)
      return () => servers.delete(name)
    },
    async stop() {
      aggregator.stop()
      for (const followed of [apiServices, services, endpointSlices, endpoints]) followed.stop()
      await Promise.all([discovery.settled(), openApi.settled()])
    },
  }
}

/**
 * What has been started, and done once, when the aggregation layer takes its place: routes are there, and every local
 * group-version has its APIService. Servers behind are not waited for.
 */
const hooks = [
  'poststarthook/start-kube-aggregator-informers',
  'poststarthook/apiservice-status-local-available-controller',
  'poststarthook/apiservice-status-remote-available-controller',
  'poststarthook/apiservice-registration-controller',
  'poststarthook/apiservice-discovery-controller',
  'poststarthook/kube-apiserver-autoregistration',
]
const documentHooks = ['poststarthook/apiservice-openapi-controller', 'poststarthook/apiservice-openapiv3-controller']

/** The place of the aggregation layer in a server that is put together before it. */
export interface AggregationPlace {
  readonly handler: PartialHandler
  readonly documents: OtherDocuments
  /** Well once the aggregation layer answers, under the names of upstream's hooks (ARC-4). */
  readonly checks: readonly HealthCheck[]
  /** Whether a request is for a resource of a server behind. */
  serves(info: RequestInfo): boolean
  /** Whether a request to a server behind may take as long as it likes. */
  isLongRunning(info: RequestInfo): boolean
  /** From here on the aggregation layer answers. */
  fill(
    handler: PartialHandler,
    aggregator: Pick<Aggregator, 'documents' | 'serves' | 'isLongRunning' | 'registration'>,
  ): void
}

/** An empty place: the handler leaves everything to others, and there are no other documents. */
export function aggregationPlace(): AggregationPlace {
  let handler: PartialHandler = () => undefined
  let filled = false
  let missing: () => readonly string[] | undefined = () => undefined
  let serves: (info: RequestInfo) => boolean = () => false
  let isLongRunning: (info: RequestInfo) => boolean = () => false
  let documents: OtherDocuments = {
    generation: -1,
    mergeV2: (own) => own,
    v3Paths: () => new Map(),
    v3Documents: () => new Map(),
  }
  const ran = (name: string): HealthCheck => conditionCheck(name, () => filled, 'not finished')
  function checkRegistration(): void {
    const names = missing()
    if (names === undefined) throw new Error('not finished')
    if (names.length > 0) throw new Error(`missing APIService: [${names.join(' ')}]`)
  }

  return {
    handler: (context) => handler(context),
    documents: {
      get generation() {
        return documents.generation
      },
      mergeV2: (own) => documents.mergeV2(own),
      v3Paths: () => documents.v3Paths(),
      v3Documents: () => documents.v3Documents(),
    },
    checks: [
      ...hooks.map(ran),
      { name: 'autoregister-completion', check: checkRegistration },
      ...documentHooks.map(ran),
    ],
    serves: (info) => serves(info),
    isLongRunning: (info) => isLongRunning(info),
    fill(madeHandler, aggregator) {
      filled = true
      handler = madeHandler
      missing = aggregator.registration.missing
      documents = aggregator.documents
      serves = aggregator.serves
      isLongRunning = aggregator.isLongRunning
    },
  }
}

const collection = '/apis/apiregistration.k8s.io/v1/apiservices'

function apiServiceWriter(transport: InProcessTransport): ApiServiceWriter {
  return {
    create: (object) => call(transport, 'POST', collection, object),
    update: (object) => put(transport, `${collection}/${nameOf(object)}`, object),
    delete: (name, uid) =>
      call(transport, 'DELETE', `${collection}/${encodeURIComponent(name)}`, {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        metadata: {},
        preconditions: { uid },
      }),
  }
}

function put(transport: InProcessTransport, path: string, object: KubeObject): Promise<void> {
  return call(transport, 'PUT', path, object)
}

function nameOf({ metadata }: KubeObject): string {
  return encodeURIComponent(metadata.name ?? '')
}

/** Rejects with the StatusError that the server answered. */
async function call(transport: InProcessTransport, method: string, path: string, body: KubeObject): Promise<void> {
  const response = await transport({
    method,
    path,
    headers: { 'content-type': 'application/json', 'user-agent': 'fairlead-aggregator' },
    body: encodeJson(body),
  })
  const text = await response.text()
  if (response.status >= 400) throw new StatusError({ ...(JSON.parse(text) as Status), code: response.status })
}
