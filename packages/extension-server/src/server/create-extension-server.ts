import { aggregatedDiscoveryForm } from '@fairlead/api'
import {
  type Clock,
  deepCopy,
  everyField,
  everything,
  type JsonObject,
  notFound,
  systemClock,
} from '@fairlead/apimachinery'
import {
  type AdmissionPlugin,
  alwaysAllow,
  type ApiServer,
  type Authorizer,
  buildAuthenticator,
  createAdmissionChain,
  createApiServer,
  createDiscoveryHandler,
  createErrorRenderer,
  createOpenApiHandler,
  createRegistry,
  createResourceHandler,
  discoveryGroups,
  documentedVersion,
  emulatedVersion,
  type HealthCheck,
  type RequestAuthenticator,
  type ServerLog,
} from '@fairlead/apiserver'
import type { Storage } from '@fairlead/storage'
import type { Kind, KindObject } from '../kind/kind.ts'
import { withAnsweredRefusals } from '../storage/answered-errors.ts'
import { describeKinds, type ServedKind } from './describe-kinds.ts'
import { kindFinder } from './kind-finder.ts'
import { longRunningRequests } from './long-running.ts'

/** What an extension server is made of. */
export interface ExtensionServerOptions {
  readonly kinds: readonly ServedKind[]
  /** Where kinds without a provider are kept. It stays the caller's to close. */
  readonly storage: Storage
  /** Nobody but the own process is let in unless told. */
  readonly authenticate?: RequestAuthenticator
  /** Everybody who is let in may do everything unless told. */
  readonly authorizer?: Authorizer
  /** Admission plugins, which refuse by throwing; they get the server, so that they can look at its objects. */
  readonly admission?: (server: ObjectReader) => readonly AdmissionPlugin[]
  readonly healthChecks?: readonly HealthCheck[]
  readonly readinessChecks?: readonly HealthCheck[]
  /** When a request that may not take as long as it likes is given up, in milliseconds; 60,000 unless told. */
  readonly requestTimeout?: number
  readonly clock?: Clock
  readonly log?: ServerLog
  /** What other servers are told where this one is; `host:port`. */
  readonly serverAddress?: () => string
}

/** Reads objects of stored kinds from the server's own cache, in the stored version. */
export interface ObjectReader {
  get<Value>(
    kind: Kind<Value>,
    key: { readonly namespace?: string; readonly name: string },
  ): Promise<KindObject<Value> | undefined>
  list<Value>(kind: Kind<Value>, namespace?: string): Promise<readonly KindObject<Value>[]>
}

/** A group-version, as a main server is told of it. */
export interface ServedGroupVersion {
  readonly group: string
  readonly version: string
  /** Requests that may take as long as they like: a verb and a subresource each, such as `get console`. */
  readonly longRunning: readonly string[]
}

/** An extension server without its socket: `server.listen` opens one, `server.transport` calls it in the process. */
export interface ExtensionServer extends ObjectReader {
  readonly server: ApiServer
  /** What is served, group by group, preferred versions first. */
  groupVersions(): readonly ServedGroupVersion[]
  close(): void
}

/** Puts a server together from kinds. Throws a `TypeError` for kinds that cannot be served. */
export function createExtensionServer(options: ExtensionServerOptions): ExtensionServer {
  const clock = options.clock ?? systemClock
  const authorizer = options.authorizer ?? alwaysAllow
  const described = describeKinds(options.kinds, {
    clock,
    async read(group, resource, key) {
      const found = await registry.store(group, resource)?.find(key)
      if (found === undefined) throw notFound({ group, resource }, key.name)
      return deepCopy(found.object()) as JsonObject
    },
  })
  const registry = createRegistry({
    storage: options.storage,
    descriptions: described.resources,
    clock,
    elsewhere: described.elsewhere,
  })
  const findKind = kindFinder(described.kinds)
  const groups = discoveryGroups(registry.served())
  const reader = objectReader(registry)
  const render = createErrorRenderer(findKind)
  const longRunning = longRunningRequests(options.kinds)
  const server = createApiServer({
    handlers: [
      createDiscoveryHandler({
        groups: () => groups,
        serverAddress: options.serverAddress ?? (() => ''),
        findKind,
        aggregatedForm: aggregatedDiscoveryForm,
      }),
      createOpenApiHandler({
        served: () => registry.served(),
        definitions: () => described.definitions(),
        endpoints: [documentedVersion],
        gitVersion: emulatedVersion.gitVersion,
        now: () => clock.now(),
      }),
      createResourceHandler({
        find: registry.find,
        groupVersions: () => registry.served(),
        findKind,
        admission: createAdmissionChain((options.admission?.(reader) ?? []).map(withAnsweredRefusals)),
        authorizer,
        clock,
      }),
    ],
    clock,
    log: options.log ?? silent,
    authenticate: options.authenticate ?? buildAuthenticator({ clock, anonymous: { enabled: false } }),
    authorizer,
    render,
    isLongRunning: longRunning.has,
    ...(options.requestTimeout === undefined ? {} : { requestTimeout: options.requestTimeout }),
    healthChecks: () => [{ name: 'storage', check: () => options.storage.health() }, ...(options.healthChecks ?? [])],
    readinessChecks: () => options.readinessChecks ?? [],
    isServed: ({ group, version, resource, subresource }) =>
      registry.find(group, version, resource, subresource) !== undefined,
    paths: () =>
      groups.flatMap(({ name, versions }) => [`/apis/${name}`, ...versions.map((v) => `/apis/${name}/${v.version}`)]),
    processMetrics: true,
  })
  return {
    ...reader,
    server,
    groupVersions: () =>
      groups.flatMap(({ name, versions }) =>
        versions.map(({ version }) => ({ group: name, version, longRunning: longRunning.declarations(name) })),
      ),
    close: () => registry.close(),
  }
}

const silent: ServerLog = { error: () => {} }

function objectReader(registry: ReturnType<typeof createRegistry>): ObjectReader {
  const storeOf = ({ group, plural }: { readonly group: string; readonly plural: string }) => {
    const store = registry.store(group, plural)
    if (store === undefined) throw new TypeError(`${plural}.${group} is not kept by this server`)
    return store
  }
  return {
    async get(kind, { namespace = '', name }) {
      const found = await storeOf(kind).find({ namespace, name })
      return found && (deepCopy(found.object()) as never)
    },
    async list(kind, namespace = '') {
      const { items } = await storeOf(kind).read({
        namespace,
        labelSelector: everything(),
        fieldSelector: everyField(),
        limit: 0,
        continue: '',
        resourceVersion: '',
        resourceVersionMatch: '',
      })
      return items.map((item) => deepCopy(item.object()) as never)
    },
  }
}
