import {
  type Clock,
  deepEqual,
  formatGroupVersion,
  formatTimestamp,
  type GroupVersion,
  type JsonObject,
} from '@fairlead/apimachinery'
import type { Backend } from '../backend/backend.ts'
import { createKeyedLoop } from '../loops/keyed-loop.ts'
import type { RouteChange, RouteTable } from '../routes/route-table.ts'
import type { KeptSnapshots } from '../snapshots/kept-snapshots.ts'
import { readDiscoverySnapshot, writeDiscoverySnapshot } from './discovery-snapshot.ts'
import { fetchLegacyDiscovery, fetchServerDiscovery, type ServerDiscovery } from './fetch-discovery.ts'

/** What is known of one remote group-version. */
export interface RemoteDiscovery {
  readonly freshness: 'Current' | 'Stale'
  /** The last that its server said. */
  readonly resources: readonly JsonObject[]
  /** When it said so, in milliseconds since the epoch; absent when it never did. */
  readonly asOf?: number
  /** Why it is Stale; absent until this process has asked. */
  readonly problem?: string
}

/** Keeps the discovery of remote group-versions. Reading it never waits for a server. */
export interface DiscoveryManager {
  /** By the name of the APIService. */
  get(name: string): RemoteDiscovery | undefined
  /** Another value after every change. */
  readonly generation: number
  /** Resolves when every server has been asked once. */
  settled(): Promise<void>
  stop(): void
}

export interface DiscoveryManagerOptions {
  readonly clock: Clock
  readonly routes: RouteTable
  readonly snapshots: KeptSnapshots
  /** Old resources are listed from now on, for another reason than before, or no longer. */
  onStalenessChange(name: string): void
  onFailure?(name: string, error: unknown): void
}

const interval = 60_000
const backoff = { first: 500, maximum: 60_000 }
/** A server that says the same again has that written down no more often. */
const keepInterval = 3_600_000

/**
 * Asks servers for their discovery: when an APIService appears or changes, every minute, and more often after a failure.
 * A server that does not answer keeps what it last said, marked Stale, also over a restart of this one; its group-versions
 * never disappear (DM-1 to DM-7, 3.7).
 */
export function createDiscoveryManager(options: DiscoveryManagerOptions): DiscoveryManager {
  const { clock, routes } = options
  const { snapshots } = options
  const remote = new Map<string, RemoteDiscovery>()
  /** Until when each server's resources are known to the snapshots. */
  const keptAsOf = new Map<string, number>()
  const known = new WeakMap<Backend, ServerDiscovery>()
  let generation = 0

  async function askServer(backend: Backend, signal: AbortSignal): Promise<ServerDiscovery | undefined> {
    const discovery = await fetchServerDiscovery(backend, known.get(backend), { clock, signal })
    if (discovery !== undefined) known.set(backend, discovery)
    return discovery
  }

  async function resourcesOf(
    backend: Backend,
    groupVersion: GroupVersion,
    signal: AbortSignal,
  ): Promise<readonly JsonObject[]> {
    const server = await askServer(backend, signal)
    if (server === undefined) return await fetchLegacyDiscovery(backend, groupVersion, { clock, signal })
    return server.versions.get(formatGroupVersion(groupVersion)) ?? []
  }

  async function refresh(name: string, signal: AbortSignal): Promise<void> {
    const route = routes.get(name)
    if (route === undefined) return
    const { group, version } = route.apiService
    const { backend, problem = 'no transport' } = route
    const members = backend?.members ?? (backend === undefined ? [] : [backend])
    const answers = await Promise.allSettled(members.map((member) => resourcesOf(member, { group, version }, signal)))
    if (signal.aborted) return
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    if (backend !== undefined && found.length === members.length) {
      publish(name, { freshness: 'Current', resources: uniqueResources(found), asOf: clock.now() })
      return
    }
    const failure: unknown = answers.find((answer) => answer.status === 'rejected')?.reason ?? new Error(problem)
    const last = remote.get(name) ?? { resources: [] }
    publish(name, {
      ...(found.length === 0 ? {} : { asOf: clock.now() }),
      ...last,
      resources: uniqueResources([...found, last.resources]),
      freshness: 'Stale',
      problem: failure instanceof Error ? failure.message : String(failure),
    })
    throw failure
  }

  function publish(name: string, discovery: RemoteDiscovery): void {
    const before = remote.get(name)
    remote.set(name, discovery)
    const isSame = before !== undefined && deepEqual([...before.resources], [...discovery.resources])
    if (!isSame || before.freshness !== discovery.freshness) generation += 1
    keep(name, discovery, isSame)
    if (staleness(before) !== staleness(discovery)) options.onStalenessChange(name)
  }

  function keep(name: string, { asOf, resources }: RemoteDiscovery, isSame: boolean): void {
    if (asOf === undefined) return
    const kept = keptAsOf.get(name)
    if (isSame && kept !== undefined && asOf - kept < keepInterval) return
    keptAsOf.set(name, asOf)
    snapshots.put(name, writeDiscoverySnapshot({ asOf, resources }))
  }

  function restore(name: string, snapshot: JsonObject): void {
    const read = readDiscoverySnapshot(snapshot)
    if (read === undefined || routes.get(name)?.apiService.service === undefined) {
      snapshots.delete(name)
      return
    }
    remote.set(name, { ...read, freshness: 'Stale' })
    keptAsOf.set(name, read.asOf)
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
      if (keptAsOf.delete(name)) snapshots.delete(name)
      if (remote.delete(name)) generation += 1
      return
    }
    const isNews =
      before === undefined ||
      before.backend !== after.backend ||
      !deepEqual(before.apiService.object['spec'], after.apiService.object['spec']) ||
      !deepEqual(before.apiService.object['status'], after.apiService.object['status'])
    if (isNews) loop.trigger(name)
  }

  for (const [name, snapshot] of snapshots.restored) restore(name, snapshot)
  for (const route of routes.all()) changed({ name: route.apiService.name, after: route })
  routes.onChange(changed)
  return {
    get: (name) => remote.get(name),
    get generation() {
      return generation
    },
    settled: () => loop.settled(),
    stop: () => loop.stop(),
  }
}

/** What is to be said of old resources that are listed; undefined when there are none. */
export function staleness(discovery: RemoteDiscovery | undefined): string | undefined {
  if (discovery?.freshness !== 'Stale' || discovery.asOf === undefined || discovery.problem === undefined)
    return undefined
  return `discovery lists the resources that the server named at ${formatTimestamp(discovery.asOf)}: ${discovery.problem}`
}

/** Each resource once, as the first says it who has it. */
function uniqueResources(lists: readonly (readonly JsonObject[])[]): readonly JsonObject[] {
  const [first = [], ...others] = lists
  if (others.length === 0) return first
  const resources = new Map<unknown, JsonObject>()
  for (const entry of lists.flat()) if (!resources.has(entry['resource'])) resources.set(entry['resource'], entry)
  return [...resources.values()]
}
