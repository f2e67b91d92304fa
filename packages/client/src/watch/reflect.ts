import { type Clock, StatusError } from '@fairlead/apimachinery'
import { linkSignal, sleep } from '../abort.ts'
import { type ObjectKey, objectKey } from '../object-key.ts'
import { type Bookmark, initialEventsEnd, type List, type ObjectLike, type WatchEvent } from '../object-types.ts'
import { isTooLargeResourceVersion } from '../request/response-error.ts'
import type { ListOptions, SelectionOptions, WatchOnceOptions } from '../resource/options.ts'
import { listInPages } from '../resource/list-pages.ts'
import { createBackoff, reflectorBackoff } from './backoff.ts'
import { isNotNewer } from './resource-version.ts'

// Follows one resource, as client-go's reflector does:
//   1. What it yields, applied in order, is the server's state at the resource version that comes with it.
//   2. A connection that ends or breaks is followed by another from the same resource version, without a new list.
//   3. A version that the server has forgotten (410) leads to the whole state anew, and to nothing else.
//   4. Of one connection, changes that are not newer than what was seen are dropped: nothing goes back in time.
//   5. It waits between failures, longer and longer, each time drawn anew.

/** Where a reflector reads. */
export interface ReflectorSource<T> {
  list(options: ListOptions): Promise<List<T>>
  watchOnce(options: WatchOnceOptions): AsyncIterable<readonly WatchEvent<T>[]>
}

/** What a reflector needs of its surroundings. */
export interface ReflectorTimes {
  readonly clock: Clock
  /** From 0 to 1. */
  random(): number
}

export interface ReflectOptions<T> extends SelectionOptions {
  readonly source: ReflectorSource<T>
  readonly times: ReflectorTimes
  /** Starts here, without the present objects. */
  readonly resourceVersion?: string
  /** Whether to ask for the present objects over the watch (WatchList) before listing; true unless told. */
  readonly useWatchList?: boolean
  /** Hears of every failure. */
  onError?(error: unknown): void
  /** A failure for which this is true ends the reflector, by throwing. */
  isFatal?(error: unknown): boolean
}

/** A step from one state of the resource to the next. */
export type Reflected<T> =
  | { readonly type: 'replaced'; readonly objects: readonly T[]; readonly resourceVersion: string }
  /** `events` is empty when only a bookmark came. */
  | { readonly type: 'changed'; readonly events: readonly ObjectEvent<T>[]; readonly resourceVersion: string }

export type ObjectEvent<T> = Exclude<WatchEvent<T>, { readonly type: 'BOOKMARK' }>

type State =
  /** Knows nothing; the next step reads everything, not older than `version`: `0` any, empty the newest. */
  | { readonly at: 'unsynced'; readonly version: string }
  /** Knows everything up to `version`; the next step watches from there. */
  | { readonly at: 'watching'; readonly version: string }

/** A watch without an object's event within this time has ended too early to be opened again at once. */
const shortWatch = 1000
/** Servers that do not know WatchList ignore it and never say that the present objects are over. */
const watchListSilence = 15_000

/** Follows a resource until the signal is aborted. Leaving the loop early closes the connection. */
export async function* reflect<T extends ObjectLike>(options: ReflectOptions<T>): AsyncGenerator<Reflected<T>> {
  const { times, signal } = options
  const backoff = createBackoff(reflectorBackoff, times.clock, times.random)
  const from = options.resourceVersion
  let state: State = from === undefined ? { at: 'unsynced', version: '0' } : { at: 'watching', version: from }
  let watchList: 'use' | 'skip once' | 'never' = options.useWatchList === false ? 'never' : 'use'

  while (signal?.aborted !== true) {
    const usesWatchList = state.at === 'unsynced' && watchList === 'use'
    try {
      if (state.at === 'unsynced' && !usesWatchList) {
        const list = await readList(options, state.version)
        if (watchList === 'skip once') watchList = 'use'
        const version = list.metadata.resourceVersion ?? ''
        state = { at: 'watching', version }
        yield { type: 'replaced', objects: list.items, resourceVersion: version }
        continue
      }
      const connection = new Connection(options, state)
      try {
        for await (const step of connection.steps()) {
          state = { at: 'watching', version: step.resourceVersion }
          yield step
        }
      } finally {
        connection.close()
      }
      if (state.at === 'unsynced') watchList = 'skip once'
      if (connection.wasShort()) await sleep(times.clock, backoff.next(), signal)
    } catch (error) {
      if (isAborted(signal)) return
      options.onError?.(error)
      if (options.isFatal?.(error) === true) throw error
      if (usesWatchList && isUnknownToServer(error)) {
        watchList = 'never'
        continue
      }
      const next = stateAfter(error, state)
      const isFirst = backoff.untouched
      const delay = backoff.next()
      const broke = state.at === 'watching' && !StatusError.is(error)
      const differs = broke || next.at !== state.at || next.version !== state.version
      if (!isFirst || !differs) {
        try {
          await sleep(times.clock, delay, signal)
        } catch (reason) {
          if (isAborted(signal)) return
          throw reason
        }
      }
      if (usesWatchList && next.version === '') watchList = 'skip once'
      state = next
    }
  }
}

/** One connection, and what has come over it. */
class Connection<T extends ObjectLike> {
  readonly #options: ReflectOptions<T>
  readonly #link: ReturnType<typeof linkSignal>
  readonly #started: number
  /** The present objects, while they come. */
  #initial: Map<ObjectKey, T> | undefined
  #version: string
  #sawObject = false
  #cancelSilence: (() => void) | undefined

  constructor(options: ReflectOptions<T>, state: State) {
    this.#options = options
    this.#link = linkSignal(options.signal)
    this.#started = options.times.clock.now()
    this.#initial = state.at === 'unsynced' ? new Map() : undefined
    this.#version = state.at === 'unsynced' && state.version === '0' ? '' : state.version
  }

  async *steps(): AsyncGenerator<Reflected<T>> {
    this.#awaitInitial()
    for await (const batch of this.#open()) {
      const events: ObjectEvent<T>[] = []
      const before = this.#version
      for (const event of batch) {
        if (this.#initial === undefined) this.#follow(event, events)
        else if (isInitialEnd(event)) yield this.#replaced(this.#initial, event.object)
        else this.#gather(this.#initial, event)
      }
      this.#awaitInitial()
      if (this.#initial === undefined && (events.length > 0 || this.#version !== before)) {
        yield { type: 'changed', events, resourceVersion: this.#version }
      }
    }
  }

  close(): void {
    this.#cancelSilence?.()
    this.#link.release()
  }

  wasShort(): boolean {
    const lived = this.#options.times.clock.now() - this.#started
    return !this.#sawObject && lived < shortWatch
  }

  #open(): AsyncIterable<readonly WatchEvent<T>[]> {
    const { source, times, labelSelector, fieldSelector } = this.#options
    return source.watchOnce({
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      resourceVersion: this.#version,
      allowWatchBookmarks: true,
      ...(this.#initial === undefined
        ? {}
        : { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' as const }),
      timeoutSeconds: Math.floor(300 + times.random() * 300),
      signal: this.#link.signal,
    })
  }

  #gather(initial: Map<ObjectKey, T>, event: WatchEvent<T>): void {
    if (event.type === 'BOOKMARK') return
    this.#sawObject = true
    if (event.type === 'DELETED') initial.delete(objectKey(event.object))
    else initial.set(objectKey(event.object), event.object)
  }

  #replaced(initial: Map<ObjectKey, T>, bookmark: Bookmark): Reflected<T> {
    this.#initial = undefined
    this.#sawObject = true
    this.#version = bookmark.metadata.resourceVersion
    return { type: 'replaced', objects: [...initial.values()], resourceVersion: this.#version }
  }

  #follow(event: WatchEvent<T>, events: ObjectEvent<T>[]): void {
    const version = event.object.metadata?.resourceVersion
    if (isNotNewer(version, this.#version)) return
    this.#version = version ?? this.#version
    if (event.type === 'BOOKMARK') return
    this.#sawObject = true
    events.push(event)
  }

  #awaitInitial(): void {
    this.#cancelSilence?.()
    if (this.#initial === undefined) return
    this.#cancelSilence = this.#options.times.clock.after(watchListSilence, () => {
      this.#link.abort(new WatchListUnsupportedError())
    })
  }
}

class WatchListUnsupportedError extends Error {
  constructor() {
    super('the server did not end the initial objects of a watch; it is listed instead')
  }
}

/** The list of upstream's reflector: from the server's cache, except where only the newest will do, which comes in pages. */
function readList<T>(
  { source, labelSelector, fieldSelector, signal }: ReflectOptions<T>,
  version: string,
): Promise<List<T>> {
  const options: ListOptions = {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(signal === undefined ? {} : { signal }),
  }
  if (version === '') return listInPages((page) => source.list(page), { ...options, limit: 500 })
  return source.list({ ...options, resourceVersion: version })
}

function stateAfter(error: unknown, state: State): State {
  const isExpired = StatusError.is(error) && error.code === 410
  if (isTooLargeResourceVersion(error) || (isExpired && state.at === 'unsynced')) return { at: 'unsynced', version: '' }
  if (isExpired || (StatusError.is(error) && error.code < 500 && error.code !== 429)) {
    return { at: 'unsynced', version: state.version }
  }
  return state
}

/** A server that does not know WatchList, or has it switched off, refuses its parameters. */
function isUnknownToServer(error: unknown): boolean {
  if (error instanceof WatchListUnsupportedError) return true
  return StatusError.is(error) && (error.code === 400 || error.code === 422)
}

function isInitialEnd<T>(event: WatchEvent<T>): event is { type: 'BOOKMARK'; object: Bookmark } {
  return event.type === 'BOOKMARK' && event.object.metadata.annotations?.[initialEventsEnd] === 'true'
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
