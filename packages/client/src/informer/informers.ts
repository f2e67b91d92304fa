import { formatGroupVersion, type KubeObject } from '@fairlead/apimachinery'
import type { Client } from '../client.ts'
import type { ObjectLike, PartialObjectMetadata } from '../object-types.ts'
import { labelSelectorText } from '../request/query.ts'
import type { SelectionOptions } from '../resource/options.ts'
import type { ResourceReader } from '../resource/resource-client.ts'
import { createInformer, type Informer, type InformerOptions } from './informer.ts'

/** Which objects an informer covers. */
export interface InformerScope extends Omit<SelectionOptions, 'signal'> {
  readonly namespace?: string
}

/** Informers of one server, shared by all who ask for the same objects. */
export interface Informers {
  /** The informer of a resource. Runs as soon as `run` has been called. */
  informer<T extends ObjectLike = KubeObject>(apiVersion: string, resource: string, scope?: InformerScope): Informer<T>
  /** The same of metadata only, which is much smaller. */
  metadataInformer(apiVersion: string, resource: string, scope?: InformerScope): Informer<PartialObjectMetadata>
  /** Stops an informer, whoever uses it, and forgets it: asking again makes a new one. */
  stop(informer: Informer<never>): void
  /** Whether all informers that were asked for so far have synced. */
  readonly hasSynced: boolean
  /** Resolves when that is so. */
  synced(signal?: AbortSignal): Promise<void>
  /** Runs all informers, those of later too, until the signal is aborted and all have ended. */
  run(signal: AbortSignal): Promise<void>
}

export interface InformersOptions extends Pick<InformerOptions<ObjectLike>, 'transform' | 'freeze' | 'useWatchList'> {
  readonly client: Client
  /** Hears of failures, with the name of the resource. */
  readonly onError?: (error: unknown, resource: string) => void
}

interface Entry {
  readonly informer: Informer<ObjectLike>
  readonly stop: AbortController
  running: Promise<void> | undefined
}

export function createInformers(options: InformersOptions): Informers {
  const { client, transform, freeze, useWatchList } = options
  const entries = new Map<string, Entry>()
  let running: AbortSignal | undefined

  const start = (entry: Entry): void => {
    if (running === undefined && !entry.stop.signal.aborted) return
    if (running?.aborted === true) entry.stop.abort(running.reason)
    // One that is stopped runs too: whoever waits for it hears that it has ended.
    entry.running ??= entry.informer.run(entry.stop.signal)
  }
  const shared = (key: string, resource: string, source: ResourceReader<ObjectLike>, scope: InformerScope): Entry => {
    const existing = entries.get(key)
    if (existing !== undefined) return existing
    const { namespace: _, ...selection } = scope
    const informer = createInformer<ObjectLike>({
      source,
      times: client.times,
      ...selection,
      ...(transform === undefined ? {} : { transform }),
      ...(freeze === undefined ? {} : { freeze }),
      ...(useWatchList === undefined ? {} : { useWatchList }),
      onError: (error) => options.onError?.(error, resource),
    })
    const entry: Entry = { informer, stop: new AbortController(), running: undefined }
    entries.set(key, entry)
    start(entry)
    return entry
  }
  return {
    informer<T extends ObjectLike>(apiVersion: string, resource: string, scope: InformerScope = {}) {
      const all = client.resource<ObjectLike>(apiVersion, resource)
      const source = scope.namespace === undefined ? all : all.namespace(scope.namespace)
      const key = scopeKey('objects', source, scope)
      return shared(key, resource, source, scope).informer as unknown as Informer<T>
    },
    metadataInformer(apiVersion, resource, scope = {}) {
      const all = client.resource<ObjectLike>(apiVersion, resource)
      const source = (scope.namespace === undefined ? all : all.namespace(scope.namespace)).metadataOnly()
      const key = scopeKey('metadata', source, scope)
      return shared(key, resource, source, scope).informer as unknown as Informer<PartialObjectMetadata>
    },
    stop(informer) {
      for (const [key, entry] of entries) {
        if (entry.informer !== (informer as unknown)) continue
        entries.delete(key)
        entry.stop.abort(new Error('the informer was stopped'))
        start(entry)
      }
    },
    get hasSynced() {
      return [...entries.values()].every(({ informer }) => informer.hasSynced)
    },
    async synced(signal) {
      await Promise.all([...entries.values()].map(({ informer }) => informer.synced(signal)))
    },
    async run(signal) {
      if (running !== undefined) throw new Error('informers run once')
      running = signal
      for (const entry of entries.values()) start(entry)
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        else signal.addEventListener('abort', () => resolve(), { once: true })
      })
      const all = [...entries.values()]
      for (const { stop } of all) stop.abort(signal.reason)
      await Promise.all(all.flatMap(({ running: own }) => own ?? []))
    },
  }
}

function scopeKey(form: string, { resource }: ResourceReader<unknown>, scope: InformerScope): string {
  const { namespace = '', fieldSelector = '', labelSelector } = scope
  const selector = labelSelectorText(labelSelector) ?? ''
  return JSON.stringify([form, formatGroupVersion(resource), resource.resource, namespace, selector, fieldSelector])
}
