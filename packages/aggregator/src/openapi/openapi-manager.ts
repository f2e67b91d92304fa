import { createHash } from 'node:crypto'
import { type Clock, formatGroupVersion, isJsonObject, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import type { UserInfo } from '@fairlead/apiserver'
import { type LazyDocument, v3FromV2 } from '@fairlead/openapi'
import type { Backend } from '../backend/backend.ts'
import { fetchDocument } from '../backend/fetch-document.ts'
import { createKeyedLoop } from '../loops/keyed-loop.ts'
import { isAvailable } from '../api-service/api-service.ts'
import { isReachable, type Route } from '../routes/route.ts'
import type { RouteChange, RouteTable } from '../routes/route-table.ts'
import type { KeptSnapshots } from '../snapshots/kept-snapshots.ts'
import type { OpenApiMetrics } from './openapi-metrics.ts'
import { readOpenApiSnapshot, writeOpenApiSnapshot } from './openapi-snapshot.ts'
import { readRemoteSpec, type RemoteSpec } from './remote-spec.ts'

/** The OpenAPI documents of remote group-versions. Reading them never waits for a server. */
export interface OpenApiManager {
  /** In the order in which they are merged. */
  specs(): readonly RemoteSpec[]
  /** Keys of the v3 index, such as `apis/wardle.example.com/v1alpha1`, with the URL that the server gave. */
  v3Paths(): ReadonlyMap<string, string>
  /** The v3 form of what servers said that know v2 only, by the same keys. */
  v3Documents(): ReadonlyMap<string, LazyDocument>
  /** Why the v2 document of an APIService is left out. */
  problem(name: string): string | undefined
  /** Another value after every change. */
  readonly generation: number
  settled(): Promise<void>
  stop(): void
}

export interface OpenApiManagerOptions {
  readonly clock: Clock
  readonly routes: RouteTable
  /** A document was found to be bad, or to be good again. */
  onProblemChange(name: string): void
  readonly metrics: OpenApiMetrics
  readonly snapshots: KeptSnapshots
  onFailure?(name: string, error: unknown): void
}

/** Upstream's names of who asks. */
const user: UserInfo = { name: 'system:aggregator', groups: ['system:masters'] }
const timeout = 60_000
const limit = 16 << 20
/** The v3 index names documents and holds none. */
const indexLimit = 1 << 20
const interval = 60_000
const backoff = { first: 60_000, maximum: 3_600_000 }

interface Entry extends V2Source, V3Source {
  readonly v3Document?: LazyDocument
}

interface V2Source {
  readonly etag?: string | undefined
  /** Of the document, for servers that give it no name. */
  readonly digest?: string | undefined
  readonly spec?: RemoteSpec | undefined
  readonly problem?: string | undefined
}

interface V3Source {
  readonly v3Etag?: string | undefined
  readonly v3Url?: string | undefined
  /** The server knows no v3: the document is made of its v2 one. */
  readonly isLegacy?: boolean | undefined
}

/**
 * Downloads documents: when a server becomes reachable, every minute while it is well, and ever more rarely after failures.
 * The last good document stays until the APIService goes, also over a restart; one that cannot be used is left out by itself (OA2-1 to OA2-8,
 * OA3-2, OA3-4, OA3-5).
 */
export function createOpenApiManager(options: OpenApiManagerOptions): OpenApiManager {
  const { clock, routes, snapshots } = options
  const entries = new Map<string, Entry>()
  let generation = 0

  async function refresh(name: string, signal: AbortSignal): Promise<void> {
    const route = routes.get(name)
    if (route?.backend === undefined || !isReachable(route)) throw new Error('the server is not available')
    const before = entries.get(name) ?? {}
    const v2 = await loadV2(route, route.backend, before, signal)
    const v3 = await loadV3(route, route.backend, before, signal)
    if (signal.aborted || !routes.get(name)) return
    const after = withConverted({ ...v2, ...v3 }, before)
    entries.set(name, after)
    const isNews = after.spec !== before.spec || after.v3Url !== before.v3Url || after.v3Document !== before.v3Document
    if (isNews) {
      generation += 1
      snapshots.put(name, writeOpenApiSnapshot(after))
    }
    if (after.spec !== before.spec) {
      const reason = before.spec === undefined ? 'add' : after.spec === undefined ? 'delete' : 'update'
      options.metrics.changed(name, reason)
    }
    if (after.problem !== before.problem) options.onProblemChange(name)
    if (after.problem !== undefined) throw new Error(after.problem)
  }

  async function loadV2(route: Route, backend: Backend, before: Entry, signal: AbortSignal): Promise<V2Source> {
    const { group, version } = route.apiService
    const { etag, digest, spec, problem } = before
    const known = { etag, digest, spec, problem }
    try {
      const response = await fetchDocument(backend, '/openapi/v2', {
        clock,
        user,
        accept: 'application/json',
        etag,
        timeout,
        limit,
        signal,
      })
      if (response.status === 304) return known
      if (response.status === 404) return {}
      if (response.status !== 200) throw new Error(`failed to retrieve openAPI spec, http error: ${response.status}`)
      const names = {
        etag: textOf(response.headers['etag']),
        digest: createHash('sha256').update(response.body).digest('hex'),
      }
      if (spec !== undefined && names.digest === digest) return { ...names, spec }
      const prefix = `/apis/${formatGroupVersion({ group, version })}/`
      return { ...names, spec: await readRemoteSpec(Buffer.from(response.body), prefix) }
    } catch (error) {
      if (signal.aborted) return known
      return { spec, problem: error instanceof Error ? error.message : String(error) }
    }
  }

  async function loadV3(route: Route, backend: Backend, before: Entry, signal: AbortSignal): Promise<V3Source> {
    const { v3Etag, v3Url, isLegacy } = before
    const known = { v3Etag, v3Url, isLegacy }
    try {
      const response = await fetchDocument(backend, '/openapi/v3', {
        clock,
        user,
        accept: 'application/json',
        etag: v3Etag,
        timeout,
        limit: indexLimit,
        signal,
      })
      if (response.status === 304) return known
      if (response.status === 404) return { isLegacy: true }
      if (response.status !== 200)
        throw new Error(`failed to retrieve openAPI v3 index, http error: ${response.status}`)
      return { v3Etag: textOf(response.headers['etag']), v3Url: urlIn(response.body, v3Key(route)) }
    } catch (error) {
      if (!signal.aborted) options.onFailure?.(route.apiService.name, error)
      return known
    }
  }

  function byKey<Value>(read: (entry: Entry) => Value | undefined): ReadonlyMap<string, Value> {
    const found = new Map<string, Value>()
    for (const route of routes.all()) {
      const value = read(entries.get(route.apiService.name) ?? {})
      if (value !== undefined) found.set(v3Key(route), value)
    }
    return found
  }

  const loop = createKeyedLoop({
    clock,
    interval,
    backoff,
    work: refresh,
    ...(options.onFailure === undefined ? {} : { onFailure: options.onFailure }),
  })

  function changed({ name, before, after }: RouteChange): void {
    if (after?.apiService.service === undefined) {
      loop.forget(name)
      if (entries.get(name)?.spec !== undefined) options.metrics.changed(name, 'delete')
      if (entries.delete(name)) {
        generation += 1
        snapshots.delete(name)
      }
      return
    }
    const wasAvailable = before !== undefined && before.backend === after.backend && isAvailable(before.apiService)
    if (isAvailable(after.apiService) && (!wasAvailable || !entries.has(name))) loop.trigger(name)
  }

  function restore(name: string, snapshot: JsonObject): void {
    const read = readOpenApiSnapshot(snapshot)
    if (read === undefined || routes.get(name)?.apiService.service === undefined) snapshots.delete(name)
    else entries.set(name, withConverted(read, {}))
  }

  for (const [name, snapshot] of snapshots.restored) restore(name, snapshot)
  for (const route of routes.all()) changed({ name: route.apiService.name, after: route })
  routes.onChange(changed)
  return {
    specs: () =>
      [...routes.all()]
        .sort((a, b) => byPriority(a, b))
        .flatMap(({ apiService }) => entries.get(apiService.name)?.spec ?? []),
    v3Paths: () => byKey(({ v3Url }) => v3Url),
    v3Documents: () => byKey(({ v3Document }) => v3Document),
    problem: (name) => entries.get(name)?.problem,
    get generation() {
      return generation
    },
    settled: () => loop.settled(),
    stop: () => loop.stop(),
  }
}

/** The same converted document while the v2 document is the same. */
function withConverted(entry: Omit<Entry, 'v3Document'>, before: Entry): Entry {
  const { spec, isLegacy } = entry
  if (isLegacy !== true || spec === undefined || spec.paths.size === 0) return entry
  const kept = before.spec === spec ? before.v3Document : undefined
  return { ...entry, v3Document: kept ?? v3FromV2(spec) }
}

function byPriority({ apiService: a }: Route, { apiService: b }: Route): number {
  return (
    b.groupPriorityMinimum - a.groupPriorityMinimum ||
    b.versionPriority - a.versionPriority ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  )
}

function v3Key({ apiService: { group, version } }: Route): string {
  return group === '' ? `api/${version}` : `apis/${formatGroupVersion({ group, version })}`
}

function urlIn(index: Uint8Array, key: string): string | undefined {
  const value = JSON.parse(Buffer.from(index).toString()) as JsonValue
  const paths = isJsonObject(value) ? value['paths'] : undefined
  const entry = isJsonObject(paths) ? paths[key] : undefined
  const url = isJsonObject(entry) ? entry['serverRelativeURL'] : undefined
  return typeof url === 'string' && url.startsWith(`/openapi/v3/${key}`) ? url : undefined
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
