import {
  type ApiResource,
  type Client,
  createYielding,
  type DiscoveredApis,
  type PartialObjectMetadata,
  reflect,
} from '@fairlead/client'
import { type ApiKind, apiKind } from './api-kinds.ts'
import type { GraphChanges } from './graph-changes.ts'

/** Watches of the metadata of all objects of many resources. */
export interface Monitors {
  /**
   * Watches these resources and no others. Of API versions that discovery has failed for nothing is begun or ended; when it
   * no longer fails, watches that do are begun anew at once.
   */
  watch(resources: readonly ApiResource[], failures: DiscoveredApis['failures']): void
  /** Resolves when each resource that is watched now has been told to the graph, or has failed once. */
  settled(): Promise<void>
  /** Resolves when all watches have ended, after the signal was aborted. */
  ended(): Promise<void>
}

export interface MonitorsOptions {
  readonly client: Client
  readonly changes: GraphChanges
  readonly signal: AbortSignal
  /** Hears of every change of an object, and of the present ones. */
  onChange(kind: ApiKind): void
  onError(error: unknown, resource: string): void
}

interface Monitor {
  readonly kind: ApiKind
  readonly stop: AbortController
  readonly settled: Promise<void>
  isFailing: boolean
}

export function createMonitors(options: MonitorsOptions): Monitors {
  const monitors = new Map<string, Monitor>()
  const ending = new Set<Promise<void>>()
  let wanted: ReadonlyMap<string, ApiKind> = new Map()
  let isStarting = false
  let starting: Promise<void> | undefined
  let doubtful: ReadonlySet<string> = new Set()

  function start(kind: ApiKind): void {
    let settle = (): void => undefined
    const settled = new Promise<void>((resolve) => {
      settle = resolve
    })
    const monitor: Monitor = { kind, stop: new AbortController(), settled, isFailing: false }
    monitors.set(keyOf(kind), monitor)
    const running = follow(options, monitor, settle).finally(() => {
      settle()
      ending.delete(running)
    })
    ending.add(running)
  }

  /** One after the other, letting other work in: there are many. */
  async function startWanted(): Promise<void> {
    isStarting = true
    const yielding = createYielding()
    for (;;) {
      const next = [...wanted].find(([key]) => !monitors.has(key))
      if (next === undefined || options.signal.aborted) break
      start(next[1])
      await yielding.turn()
    }
    isStarting = false
  }

  function stop(monitor: Monitor): void {
    monitors.delete(keyOf(monitor.kind))
    monitor.stop.abort()
  }

  const stopAll = (): void => {
    for (const monitor of monitors.values()) stop(monitor)
  }
  options.signal.addEventListener('abort', stopAll, { once: true })

  return {
    watch(resources, failures) {
      if (options.signal.aborted) return
      const kinds = new Map(resources.map(apiKind).map((kind) => [keyOf(kind), kind]))
      wanted = new Map([...kinds].filter(([, kind]) => !failures.has(kind.apiVersion)))
      for (const [key, monitor] of monitors) {
        const { apiVersion } = monitor.kind
        if (failures.has(apiVersion)) continue
        if (!kinds.has(key) || (monitor.isFailing && doubtful.has(apiVersion))) stop(monitor)
      }
      doubtful = new Set(failures.keys())
      if (!isStarting) starting = startWanted()
    },
    async settled() {
      await starting
      await Promise.all([...monitors.values()].map(({ settled }) => settled))
    },
    async ended() {
      await Promise.all(ending)
    },
  }
}

/** Tells the graph of one resource, through all failures. Of failures in a row the first is reported. */
async function follow(
  { client, changes, onChange, onError }: MonitorsOptions,
  monitor: Monitor,
  settle: () => void,
): Promise<void> {
  const { kind, stop } = monitor
  const steps = reflect<PartialObjectMetadata>({
    source: client.resource(kind.apiVersion, kind.resource).metadataOnly(),
    times: client.times,
    signal: stop.signal,
    onError(error) {
      settle()
      if (!monitor.isFailing) onError(error, `${kind.resource} of ${kind.apiVersion}`)
      monitor.isFailing = true
    },
  })
  for await (const step of steps) {
    monitor.isFailing = false
    if (step.type === 'replaced') {
      void changes.replaced(kind, step.objects).then(settle)
      if (step.objects.length > 0) onChange(kind)
      continue
    }
    for (const { type, object } of step.events) {
      if (type === 'DELETED') changes.gone(kind, object)
      else changes.present(kind, object)
    }
    if (step.events.length > 0) onChange(kind)
  }
}

function keyOf({ apiVersion, kind, resource }: ApiKind): string {
  return JSON.stringify([apiVersion, kind, resource])
}
