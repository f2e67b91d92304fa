import { ConnectionError, type Transport, type TransportRequest, type TransportResponse } from '@fairlead/client'

export interface ModelObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string }
  readonly value: number
}

/** How the model answers a watch with `sendInitialEvents`. */
export type WatchListMode = 'yes' | 'refuses' | 'ignores'

interface OpenWatch {
  /** What is not sent yet. */
  readonly queue: Uint8Array[]
  wake(): void
  ending: 'end' | 'cut' | undefined
}

interface HistoryEvent {
  readonly version: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: ModelObject
}

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value)}\n`)

/** One resource of an API server, in memory, which does on command what networks and servers do by accident. */
export class FaultyServer {
  readonly objects = new Map<string, ModelObject>()
  readonly watches = new Set<OpenWatch>()
  /** Lists that will fail. */
  failingLists = 0
  /** Events are held back while it is true. */
  holding = false
  /** Every event is sent twice. */
  doubling = false
  /** How many watches have been opened. */
  connections = 0
  readonly #watchList: WatchListMode
  #history: HistoryEvent[] = []
  #version = 10
  /** Versions before it are forgotten. */
  #floor = 10
  #uids = 0

  constructor(watchList: WatchListMode) {
    this.#watchList = watchList
  }

  write(name: string, value: number): void {
    const uid = this.objects.get(name)?.metadata.uid ?? `uid-${++this.#uids}`
    const object = { metadata: { name, uid, resourceVersion: String(++this.#version) }, value }
    this.#record(this.objects.has(name) ? 'MODIFIED' : 'ADDED', object)
    this.objects.set(name, object)
  }

  delete(name: string): void {
    const object = this.objects.get(name)
    if (object === undefined) return
    this.objects.delete(name)
    const metadata = { ...object.metadata, resourceVersion: String(++this.#version) }
    this.#record('DELETED', { ...object, metadata })
  }

  /** Ends all watches: properly, in the middle of a line, or with an error event. */
  endWatches(how: 'end' | 'cut' | 'expired' | 'failed'): void {
    for (const watch of this.watches) {
      if (how === 'cut') watch.queue.push(encode({ type: 'ADDED', object: { metadata: {} } }).slice(0, 20))
      if (how === 'expired') watch.queue.push(encode({ type: 'ERROR', object: expired }))
      if (how === 'failed') watch.queue.push(encode({ type: 'ERROR', object: failed }))
      watch.ending = how === 'cut' ? 'cut' : 'end'
      watch.wake()
    }
  }

  /** Tells all watches of the version. */
  bookmark(): void {
    for (const watch of this.watches) {
      watch.queue.push(encode({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.#version) } } }))
      watch.wake()
    }
  }

  /** Forgets everything but the present state. */
  compact(): void {
    this.#history = []
    this.#floor = this.#version
  }

  release(): void {
    this.holding = false
    for (const watch of this.watches) watch.wake()
  }

  readonly transport: Transport = (request) => {
    const query = new URL(request.path, 'http://model').searchParams
    if (query.get('watch') === 'true' || query.get('watch') === '1') return Promise.resolve(this.#watch(request, query))
    if (this.failingLists > 0) {
      this.failingLists -= 1
      if (this.failingLists % 2 === 0) return Promise.reject(new ConnectionError('the list broke'))
      return Promise.resolve(status(failed))
    }
    const metadata = { resourceVersion: String(this.#version) }
    return Promise.resolve(response(200, [encode({ kind: 'List', metadata, items: [...this.objects.values()] })]))
  }

  #record(type: HistoryEvent['type'], object: ModelObject): void {
    this.#history.push({ version: this.#version, type, object })
    for (const watch of this.watches) {
      for (let times = this.doubling ? 2 : 1; times > 0; times -= 1) watch.queue.push(encode({ type, object }))
      watch.wake()
    }
  }

  #watch({ signal }: TransportRequest, query: URLSearchParams): TransportResponse {
    this.connections += 1
    const sendsInitial = query.get('sendInitialEvents') === 'true'
    if (sendsInitial && this.#watchList === 'refuses') return status(invalid)
    const from = Number(query.get('resourceVersion') ?? '')
    if (!sendsInitial && from !== 0 && from < this.#floor) return status(expired)
    const queue: Uint8Array[] = []
    if (sendsInitial && this.#watchList === 'yes') {
      for (const object of this.objects.values()) queue.push(encode({ type: 'ADDED', object }))
      const annotations = { 'k8s.io/initial-events-end': 'true' }
      const metadata = { resourceVersion: String(this.#version), annotations }
      queue.push(encode({ type: 'BOOKMARK', object: { metadata } }))
    } else {
      for (const { version, type, object } of this.#history) if (version > from) queue.push(encode({ type, object }))
    }
    const watch: OpenWatch = { queue, wake: () => undefined, ending: undefined }
    this.watches.add(watch)
    return response(200, this.#events(watch, signal))
  }

  async *#events(watch: OpenWatch, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    const onAbort = (): void => watch.wake()
    signal?.addEventListener('abort', onAbort)
    try {
      for (;;) {
        if (signal?.aborted === true) throw signal.reason
        const next = this.holding && watch.ending === undefined ? undefined : watch.queue.shift()
        if (next !== undefined) {
          // In two parts, as networks do.
          yield next.slice(0, next.length >> 1)
          yield next.slice(next.length >> 1)
        } else if (watch.ending === 'cut') throw new ConnectionError('the connection was cut')
        else if (watch.ending === 'end') return
        else await new Promise<void>((resolve) => (watch.wake = resolve))
      }
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.watches.delete(watch)
    }
  }
}

const failure = (code: number, reason: string) => ({ kind: 'Status', status: 'Failure', code, reason, message: reason })
const expired = failure(410, 'Expired')
const failed = failure(500, 'InternalError')
const invalid = failure(422, 'Invalid')

function status(object: { readonly code: number }): TransportResponse {
  return response(object.code, [encode(object)])
}

/** A response of the given parts. */
export function response(
  code: number,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  headers: Readonly<Record<string, string>> = {},
): TransportResponse {
  async function* read(): AsyncGenerator<Uint8Array> {
    yield* parts
  }
  const body = read()
  const bytes = async (): Promise<Uint8Array> => {
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
  return { status: code, headers, body, bytes, text: async () => Buffer.from(await bytes()).toString() }
}
