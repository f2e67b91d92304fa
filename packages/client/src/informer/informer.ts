import { untilAborted } from '../abort.ts'
import { type ObjectKey, objectKey } from '../object-key.ts'
import type { ObjectLike } from '../object-types.ts'
import type { ResourceReader } from '../resource/resource-client.ts'
import type { SelectionOptions } from '../resource/options.ts'
import { type ObjectEvent, reflect, type ReflectorTimes } from '../watch/reflect.ts'
import { compareResourceVersions } from '../watch/resource-version.ts'
import { freezeDeep } from './freeze.ts'
import type { HandlerRegistration, InformerHandler } from './handler.ts'
import { HandlerLoop } from './handler-loop.ts'
import { IndexedStore, type Indexer, type Store } from './store.ts'
import { createYielding } from '../yielding.ts'

/** Keeps a store equal to a part of the server's state, and tells handlers what changes. */
export interface Informer<T extends ObjectLike> {
  readonly store: Store<T>
  /** Whether the store has held the server's whole state once. It stays true. */
  readonly hasSynced: boolean
  /** The version of the server's state that the store has; empty before the first. */
  readonly resourceVersion: string
  /** Resolves when the store has synced; rejects with the signal's reason, or when the informer stops first. */
  synced(signal?: AbortSignal): Promise<void>
  /**
   * Resolves when the store has what was written at `resourceVersion`: after a write of one's own, reads of the store see
   * it. Only versions of this resource's own objects are sure to come. Rejects as `synced` does.
   */
  reached(resourceVersion: string, signal?: AbortSignal): Promise<void>
  /** Adds a handler, also while running: it hears of the objects that are there, as of an initial list. */
  addHandler(handler: InformerHandler<T>, options?: HandlerOptions): HandlerRegistration
  /** Adds an index, also while running. Adding the same function again under its name does nothing. */
  addIndexer(name: string, indexer: Indexer<T>): void
  /** Runs until the signal is aborted, through all failures. Can be called once. */
  run(signal: AbortSignal): Promise<void>
}

export interface HandlerOptions {
  /**
   * Every so many milliseconds, a thousand at least, the handler hears of every object again, as an update without a
   * change. Never unless told.
   */
  readonly resyncPeriod?: number
}

export interface InformerOptions<T extends ObjectLike> extends Omit<SelectionOptions, 'signal'> {
  readonly source: ResourceReader<T>
  readonly times: ReflectorTimes
  readonly indexers?: Readonly<Record<string, Indexer<T>>>
  /**
   * Called with each object before it is stored, to make it smaller: what it leaves out is not kept in memory. It may change
   * its argument; metadata has to keep name, namespace, uid and resourceVersion.
   */
  readonly transform?: (object: T) => T
  /** Freezes every object, so that a handler that changes one fails. For tests. */
  readonly freeze?: boolean
  /** False: lists, and watches from there. */
  readonly useWatchList?: boolean
  /** Hears of failures of the connection, and of handlers that throw. */
  readonly onError?: (error: unknown) => void
}

export function createInformer<T extends ObjectLike>(options: InformerOptions<T>): Informer<T> {
  return new ReflectedInformer(options)
}

const minimumResyncPeriod = 1000

interface Waiting {
  readonly version: string
  resolve(): void
  reject(reason: Error): void
}

class ReflectedInformer<T extends ObjectLike> implements Informer<T> {
  readonly store: IndexedStore<T>
  readonly #options: InformerOptions<T>
  readonly #loops = new Set<HandlerLoop<T>>()
  readonly #waiting = new Set<Waiting>()
  #resourceVersion = ''
  #hasSynced = false
  #hasRun = false
  #stopped: Error | undefined
  #resolveSynced: () => void = () => undefined
  #rejectSynced: (reason: Error) => void = () => undefined
  readonly #synced = new Promise<void>((resolve, reject) => {
    this.#resolveSynced = resolve
    this.#rejectSynced = reject
  })

  constructor(options: InformerOptions<T>) {
    this.#options = options
    this.store = new IndexedStore(options.indexers)
    // Nobody need wait for it.
    this.#synced.catch(() => undefined)
  }

  get hasSynced(): boolean {
    return this.#hasSynced
  }

  get resourceVersion(): string {
    return this.#resourceVersion
  }

  synced(signal?: AbortSignal): Promise<void> {
    return untilAborted(this.#synced, signal)
  }

  reached(resourceVersion: string, signal?: AbortSignal): Promise<void> {
    if (this.#isReached(resourceVersion)) return Promise.resolve()
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped)
    let waiting: Waiting | undefined
    const reached = new Promise<void>((resolve, reject) => {
      waiting = { version: resourceVersion, resolve, reject }
      this.#waiting.add(waiting)
    })
    return untilAborted(reached, signal).finally(() => waiting && this.#waiting.delete(waiting))
  }

  addHandler(handler: InformerHandler<T>, { resyncPeriod }: HandlerOptions = {}): HandlerRegistration {
    let cancelResync = (): void => undefined
    const loop = new HandlerLoop(handler, {
      onError: (error) => this.#options.onError?.(error),
      onRemove: (removed) => {
        cancelResync()
        this.#loops.delete(removed)
      },
    })
    this.#loops.add(loop)
    for (const object of this.store.values()) loop.pending.added(objectKey(object), object, true)
    if (this.#hasSynced) loop.listed()
    loop.wake()
    const resyncAfter = (period: number): void => {
      cancelResync = this.#options.times.clock.after(period, () => {
        void this.#resync(loop)
        resyncAfter(period)
      })
    }
    if (this.#stopped !== undefined) loop.remove()
    else if (resyncPeriod !== undefined && resyncPeriod > 0) resyncAfter(Math.max(minimumResyncPeriod, resyncPeriod))
    return loop
  }

  addIndexer(name: string, indexer: Indexer<T>): void {
    this.store.addIndexer(name, indexer)
  }

  async run(signal: AbortSignal): Promise<void> {
    if (this.#hasRun) throw new Error('an informer runs once')
    this.#hasRun = true
    const { source, times, labelSelector, fieldSelector, useWatchList, onError } = this.#options
    const steps = reflect<T>({
      source,
      times,
      signal,
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(useWatchList === undefined ? {} : { useWatchList }),
      ...(onError === undefined ? {} : { onError }),
    })
    for await (const step of steps) {
      if (step.type === 'replaced') await this.#replace(step.objects)
      else for (const event of step.events) this.#apply(event)
      this.#advance(step.resourceVersion)
      for (const loop of this.#loops) loop.wake()
    }
    this.#stopped = new Error('the informer has stopped')
    for (const loop of this.#loops) loop.remove()
    for (const { reject } of this.#waiting) reject(this.#stopped)
    this.#rejectSynced(this.#stopped)
  }

  /** What changes meanwhile is told as it is: a handler that is behind hears of an object once. */
  async #resync(loop: HandlerLoop<T>): Promise<void> {
    const yielding = createYielding()
    for (const object of this.store.values()) {
      loop.pending.updated(objectKey(object), object, object)
      const turn = yielding.turn()
      if (turn !== undefined) await turn
      if (!this.#loops.has(loop)) return
    }
    loop.wake()
  }

  /** Goes to the whole state by the differences. Other work may come between two objects; each only moves forward. */
  async #replace(objects: readonly T[]): Promise<void> {
    const yielding = createYielding()
    const isInitial = !this.#hasSynced
    const wasEmpty = this.store.size === 0
    const present = new Set<ObjectKey>()
    for (const object of objects) {
      const key = objectKey(object)
      if (!wasEmpty) present.add(key)
      if (wasEmpty || !isSameState(this.store.get(key), object)) this.#set(key, object, isInitial)
      const turn = yielding.turn()
      if (turn !== undefined) await turn
    }
    if (wasEmpty) return
    for (const object of this.store.values()) {
      const key = objectKey(object)
      if (present.has(key)) continue
      this.store.delete(object)
      for (const loop of this.#loops) loop.pending.deleted(key, object, true)
      const turn = yielding.turn()
      if (turn !== undefined) await turn
    }
  }

  #apply({ type, object }: ObjectEvent<T>): void {
    const key = objectKey(object)
    if (type !== 'DELETED') {
      this.#set(key, object, false)
      return
    }
    if (this.store.delete(object) === undefined) return
    const last = this.#stored(object)
    for (const loop of this.#loops) loop.pending.deleted(key, last, false)
  }

  #set(key: ObjectKey, object: T, isInitial: boolean): void {
    const stored = this.#stored(object)
    const before = this.store.set(stored)
    const isSame = before !== undefined && before.metadata?.uid === stored.metadata?.uid
    for (const { pending } of this.#loops) {
      if (before !== undefined && isSame) pending.updated(key, before, stored)
      else {
        if (before !== undefined) pending.deleted(key, before, true)
        pending.added(key, stored, isInitial)
      }
    }
  }

  #stored(object: T): T {
    const { transform, freeze } = this.#options
    const stored = transform === undefined ? object : transform(object)
    return freeze === true ? freezeDeep(stored) : stored
  }

  #advance(resourceVersion: string): void {
    this.#resourceVersion = resourceVersion
    for (const waiting of this.#waiting) if (this.#isReached(waiting.version)) waiting.resolve()
    if (this.#hasSynced) return
    this.#hasSynced = true
    for (const loop of this.#loops) loop.listed()
    this.#resolveSynced()
  }

  #isReached(version: string): boolean {
    if (!this.#hasSynced) return false
    const order = compareResourceVersions(version, this.#resourceVersion)
    return order === undefined ? version === this.#resourceVersion : order <= 0
  }
}

/** A server that has lost its state gives the same versions again: only the uid tells its objects from those before. */
function isSameState(known: ObjectLike | undefined, { metadata }: ObjectLike): boolean {
  const version = known?.metadata?.resourceVersion
  return version !== undefined && version === metadata?.resourceVersion && known?.metadata?.uid === metadata.uid
}
