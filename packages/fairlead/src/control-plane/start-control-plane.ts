import { join, resolve } from 'node:path'
import { systemClock } from '@fairlead/apimachinery'
import { aggregatedDiscoveryForm, builtinKind, builtinResources, definitionSource } from '@fairlead/api'
import {
  aggregateRules,
  type ApiServer,
  type AuditOptions,
  conditionCheck,
  createAdmissionChain,
  createApiServer,
  createCertificateApproval,
  createCertificateSigning,
  createCertificateSubjectRestriction,
  createComponentStatuses,
  createDiscoveryHandler,
  createErrorRenderer,
  createNamespaceLifecycle,
  createOpenApiHandler,
  createRegistry,
  createResourceHandler,
  describeCertificateRequests,
  discoveryGroups,
  documentedTokenIssuer,
  documentedVersion,
  emulatedVersion,
  type InProcessTransport,
  type PartialHandler,
  type Registry,
  type ServiceRanges,
} from '@fairlead/apiserver'
import { builtinSource, type InProcessServer, type LocalSource, mergeLocalGroups } from '@fairlead/aggregator'
import type { Storage } from '@fairlead/storage'
import { collectRules } from '../bootstrap/collect-rules.ts'
import { ensureBootstrapPolicy } from '../bootstrap/ensure-bootstrap-policy.ts'
import { completeServices } from '../bootstrap/complete-services.ts'
import { ensureServerOwnedObjects } from '../bootstrap/ensure-server-owned-objects.ts'
import { loopback } from '../bootstrap/loopback-call.ts'
import { serverOwnedObjects } from '../bootstrap/server-owned-objects.ts'
import { firstServiceIp, parseServiceRanges } from '../bootstrap/service-range.ts'
import { type Certificates, ensureCertificates } from '../certificates/certificate-folder.ts'
import { openClusterSigning } from '../controller-manager/cluster-signing.ts'
import { ensureFolder } from '../files/ensure-folder.ts'
import { writeKubeconfig } from '../kubeconfig/write-kubeconfig.ts'
import { type Logger, silentLogger } from '../logging/logger.ts'
import { type AggregationPlace, aggregationPlace, describeAggregation, startAggregation } from './aggregation.ts'
import { openAuditing } from './audit.ts'
import { type Authentication, openAuthentication } from './authentication.ts'
import { type Authorization, openAuthorization } from './authorization.ts'
import { advertisedAddress, certificateHosts, urlHost } from './addresses.ts'
import { componentProbes } from './component-probes.ts'
import { listenInsecurely } from './insecure-listener.ts'
import { keepObjects } from './keep-objects.ts'
import { compactPeriodically, openStorage } from './open-storage.ts'
import type { ControlPlaneOptions } from './options.ts'
import { followProxyClient } from './proxy-client.ts'
import { followCertificates, followTokenFile, ServedTls } from './reload.ts'
import { reviewActions } from './review-actions.ts'
import { rootCaOf } from './root-ca.ts'
import { parseRuntimeConfig } from './runtime-config.ts'
import { defaultServingSettings, tlsParameters } from './serving-settings.ts'

/** A running control plane. */
export interface ControlPlane {
  /** Such as `https://127.0.0.1:6443`. */
  readonly url: string
  readonly port: number
  /** Of the insecure port, where there is one. */
  readonly insecureUrl?: string
  readonly kubeconfigPath: string
  /** Calls the server in this process as its own identity, `system:apiserver` in `system:masters`. */
  readonly transport: InProcessTransport
  /**
   * Lets APIServices lead to a server of this process: those with the annotation `aggregation.fairlead.dev/in-process: NAME`.
   * The function returned takes it back.
   */
  addServer(name: string, server: InProcessServer): () => void
  /** Stops in order: not ready, drained, listeners closed, store closed. Safe to call again. */
  stop(): Promise<void>
}

/** What a caller may want to follow or replace. */
export interface ControlPlaneHooks {
  readonly logger?: Logger
  /** Where the kubeconfig is written; `kubeconfig` in the data folder unless told. */
  readonly kubeconfigPath?: string
}

const loopbackUser = { name: 'system:apiserver', groups: ['system:masters'] }

/**
 * Starts a control plane: certificates, store, registry, handlers, listener, the objects that clients expect, kubeconfig.
 * Resolves when `/readyz` is well. What has been opened is closed again when a later step fails.
 */
export async function startControlPlane(
  options: ControlPlaneOptions,
  hooks: ControlPlaneHooks = {},
): Promise<ControlPlane> {
  const logger = hooks.logger ?? silentLogger
  const services = parseServiceRanges(options)
  const serviceClusterIp = firstServiceIp(services)
  const advertiseAddress = options.advertiseAddress ?? advertisedAddress(options.bindAddress)
  await ensureFolder(options.dataDir)
  const audit = options.audit && (await openAuditing(options.audit, { clock: systemClock, logger }))
  const serving = options.serving ?? defaultServingSettings
  const opening = openStorage(options)
  const [certificates, tokens, tlsParts, storage] = await Promise.all([
    ensureCertificates({
      folder: join(options.dataDir, 'pki'),
      hosts: certificateHosts({ bindAddress: options.bindAddress, advertiseAddress, serviceClusterIp }),
      clock: systemClock,
    }),
    readTokens(options.tokenAuthFile, logger),
    tlsParameters(serving, logger),
    opening,
  ]).catch(async (error: unknown) => {
    await opening.then(
      (storage) => storage.close(),
      () => undefined, // This is the error.
    )
    throw error
  })
  const opened: (() => Promise<void> | void)[] = [() => storage.close(), tokens.stop]
  const closeOpened = async () => {
    for (const close of opened.splice(0).reverse()) await close()
  }
  try {
    let serverAddress = ''
    let hasPolicy = false
    let assembled: ReturnType<typeof assemble> | undefined
    const authorization = await openAuthorization(options.authorization, {
      find: (group, resource) => assembled?.registry.store(group, resource),
      clock: systemClock,
      logger,
    })
    opened.push(() => authorization.close())
    const authentication = await openAuthentication({
      options,
      certificates,
      staticTokens: tokens.tokens,
      logger,
      store: (resource) => assembled?.registry.store('', resource),
      anonymous: authorization.anonymous,
      serverAddress: () => serverAddress,
    })
    opened.push(() => authentication.close())
    assembled = assemble({
      options,
      storage,
      authentication,
      authorization,
      services,
      logger,
      audit,
      serverAddress: () => serverAddress,
      hasPolicy: () => hasPolicy,
    })
    const { server, registry, place, local } = assembled
    opened.push(() => registry.close())
    opened.push(
      compactPeriodically(storage, {
        clock: systemClock,
        interval: options.compactionInterval,
        onError: (error) => logger.error({ err: error }, 'compaction failed'),
      }),
    )
    const transport = server.transport(loopbackUser)
    let port = 0
    const proxyClient = followProxyClient(authentication.proxyClient, options.authentication, {
      clock: systemClock,
      logger,
    })
    opened.push(() => proxyClient.stop())
    const aggregation = await startAggregation({
      clock: systemClock,
      registry,
      storage,
      local,
      logger,
      metrics: server.metrics,
      requestMetrics: server.requestMetrics,
      transport,
      settings: options.aggregation,
      clientCertificate: proxyClient.current,
      ownAddress: () => ({ host: urlHost(options.bindAddress), port }),
    })
    opened.push(() => aggregation.stop())
    place.fill(aggregation.handler({ serverAddress: () => serverAddress }), aggregation.aggregator)
    const tls = { ...tlsSettings(options, certificates, authentication), ...tlsParts }
    const maxConcurrentStreams = serving.maxStreamsPerConnection
    const listener = await server.listen({
      host: options.bindAddress,
      port: options.securePort,
      tls,
      ...(maxConcurrentStreams > 0 && { limits: { maxConcurrentStreams } }),
    })
    opened.push(() => server.shutDown({ delay: options.shutdownDelay }))
    const servedTls = new ServedTls(tls, listener)
    const rootCa = rootCaOf(options, certificates, servedTls)
    opened.push(
      followCertificates(serving.files, servedTls, {
        authorities: authentication.authorities,
        ownAuthority: certificates.authority.certificate,
        frontProxyCaFile: options.authentication?.requestHeader.clientCaFile,
        clock: systemClock,
        logger,
      }),
    )
    const insecureUrl = options.insecure && (await listenInsecurely(server, options.insecure, logger))
    port = listener.port
    serverAddress = `${advertiseAddress}:${port}`
    await ensureServerOwnedObjects(
      loopback(transport),
      serverOwnedObjects({
        advertiseAddress,
        securePort: port,
        serviceClusterIp,
        serviceClusterIpRanges: services.addresses.map(({ text }) => text),
      }),
    )
    for (const failure of await completeServices(loopback(transport))) {
      logger.warn({ failure }, 'a Service of an older server stays without addresses')
    }
    opened.push(
      await keepObjects(
        { call: loopback(transport), transport, clock: systemClock, logger },
        { registry, authentication },
      ),
    )
    if (registry.find('rbac.authorization.k8s.io', 'v1', 'clusterroles', '') !== undefined) {
      await ensureBootstrapPolicy(loopback(transport), logger)
      await collectRules(loopback(transport))
    }
    hasPolicy = true
    const url = `https://${urlHost(options.bindAddress)}:${port}`
    const kubeconfigPath = resolve(hooks.kubeconfigPath ?? join(options.dataDir, 'kubeconfig'))
    await writeKubeconfig(kubeconfigPath, {
      name: 'fairlead',
      server: url,
      caCertificate: rootCa.current(),
      clientCertificate: certificates.admin.certificate,
      clientKey: certificates.admin.key,
    })
    if (options.controllers.length > 0) {
      const { startControllers } = await import('./controllers.ts')
      const clusterSigning = await openClusterSigning(
        options.clusterSigning,
        options.clientCa === undefined ? certificates.authority : undefined,
        { clock: systemClock, logger },
      )
      opened.push(() => clusterSigning.stop())
      const environment = {
        aggregateRules,
        rootCa,
        ...clusterSigning.environment,
        issueSecretToken: authentication.issueSecretToken,
        legacyServiceAccountTokens: options.legacyServiceAccountTokens,
        ...(options.endpointBatchPeriods !== undefined && { endpointBatchPeriods: options.endpointBatchPeriods }),
      }
      opened.push(startControllers(options, { transport: (user) => server.transport(user), environment, logger }))
    }
    let stopping: Promise<void> | undefined
    return {
      url,
      port,
      ...(insecureUrl !== undefined && { insecureUrl }),
      kubeconfigPath,
      transport,
      addServer: aggregation.addServer,
      stop() {
        stopping ??= closeOpened()
        return stopping
      },
    }
  } catch (error) {
    await closeOpened()
    throw error
  }
}

interface Parts {
  readonly options: ControlPlaneOptions
  readonly storage: Storage
  readonly authentication: Authentication
  readonly logger: Logger
  readonly audit: AuditOptions | undefined
  readonly authorization: Authorization
  readonly services: ServiceRanges
  serverAddress(): string
  /** Whether the bootstrap roles are in place. */
  hasPolicy(): boolean
}

/** Puts the server together: descriptions, registry, admission, handlers, filters. */
function assemble({ options, storage, authentication, logger, audit, authorization, ...parts }: Parts): {
  server: ApiServer
  registry: Registry
  /** In front of the other handlers. */
  readonly place: AggregationPlace
  readonly local: readonly LocalSource[]
} {
  const { authorizer } = authorization
  const descriptions = describeCertificateRequests(describeAggregation(builtinResources(), () => groups())).map(
    (description) =>
      description.storage?.ttlSeconds === undefined
        ? description
        : { ...description, storage: { ...description.storage, ttlSeconds: Math.ceil(options.eventTtl / 1000) } },
  )
  const isServed = parseRuntimeConfig(options.runtimeConfig, descriptions)
  const registry = createRegistry({
    storage,
    descriptions,
    clock: systemClock,
    deleteCollectionWorkers: options.deleteCollectionWorkers,
    reviewActions: { ...reviewActions(authorization, authentication), ...authentication.actions },
    writeChecks: authorization.writeChecks,
    services: parts.services,
    elsewhere: { componentstatuses: createComponentStatuses(componentProbes(storage)) },
    isServed: ({ group }, version) => isServed(group, version),
  })
  const local = [builtinSource(discoveryGroups(registry.served()))]
  const groups = mergeLocalGroups(local)
  const namespaces = registry.store('', 'namespaces')
  const place = aggregationPlace()
  const handlers: readonly PartialHandler[] = [
    place.handler,
    createDiscoveryHandler({
      groups,
      serverAddress: parts.serverAddress,
      findKind: builtinKind,
      aggregatedForm: aggregatedDiscoveryForm,
    }),
    createOpenApiHandler({
      served: () => registry.served(),
      definitions: definitionSource,
      endpoints: [documentedVersion, ...documentedTokenIssuer],
      gitVersion: emulatedVersion.gitVersion,
      now: () => systemClock.now(),
      others: place.documents,
    }),
    createResourceHandler({
      find: registry.find,
      groupVersions: () => registry.served(),
      findKind: builtinKind,
      admission: createAdmissionChain([
        createNamespaceLifecycle({ findNamespace: async (name) => namespaces?.find({ namespace: '', name }) }),
        createCertificateApproval(authorizer),
        createCertificateSigning(authorizer),
        createCertificateSubjectRestriction(),
      ]),
      authorizer,
      clock: systemClock,
      minRequestTimeout: options.minRequestTimeoutSeconds * 1000,
      onSlowWatcher: (resource) => server.requestMetrics.watcherTerminated(resource),
      onDeprecated: (resource) => server.requestMetrics.deprecated(resource),
      watchMetrics: (resource) => server.requestMetrics.watchEvents(resource),
    }),
  ]
  const server: ApiServer = createApiServer({
    handlers,
    clock: systemClock,
    log: {
      error: (message, { error, ...fields }) => logger.error({ ...fields, err: error }, message),
      debug: (message, { error, ...fields }) => logger.debug({ ...fields, err: error }, message),
    },
    ...authentication.filters,
    routes: authentication.routes,
    authorizer,
    render: createErrorRenderer(builtinKind),
    ...(audit !== undefined && { audit }),
    inFlightLimits: { readOnly: options.maxRequestsInflight, mutating: options.maxMutatingRequestsInflight },
    requestTimeout: options.requestTimeout,
    isLongRunning: place.isLongRunning,
    ...(options.strictTransportSecurity.length > 0 ? { strictTransportSecurity: options.strictTransportSecurity } : {}),
    ...(options.corsAllowedOrigins.length > 0
      ? { allowedOrigins: options.corsAllowedOrigins.map((pattern) => new RegExp(pattern)) }
      : {}),
    healthChecks: () => [
      { name: 'etcd', check: () => storage.health() },
      conditionCheck('poststarthook/rbac/bootstrap-roles', parts.hasPolicy, 'not finished'),
      ...place.checks,
    ],
    isServed: (info) =>
      registry.find(info.group, info.version, info.resource, info.subresource) !== undefined || place.serves(info),
    paths: () => listedPaths(groups()),
    processMetrics: true,
  })
  return { server, registry, place, local }
}

/** Paths of groups and versions for the listing at `/`. */
function* listedPaths(groups: ReturnType<typeof discoveryGroups>): Generator<string> {
  yield* ['/api', '/apis', '/openapi/v2', '/openapi/v3', '/openapi/v3/']
  for (const { name, versions } of groups) {
    if (name !== '') yield `/apis/${name}`
    for (const { version } of versions) yield name === '' ? `/api/${version}` : `/apis/${name}/${version}`
  }
}

function tlsSettings({ serverCertificate }: ControlPlaneOptions, made: Certificates, { authorities }: Authentication) {
  const { certificate, key } = serverCertificate ?? made.server
  return { certificate, key, clientCa: authorities.all }
}

async function readTokens(path: string | undefined, logger: Logger): ReturnType<typeof followTokenFile> {
  if (path === undefined) return { tokens: async () => undefined, stop() {} }
  return await followTokenFile(path, { clock: systemClock, logger })
}
