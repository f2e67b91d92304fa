import { expired } from '@fairlead/apimachinery'
import type { RequestContext, StoredObject, WatchEvent, WatchRequest } from '@fairlead/apiserver'
import { type ProviderParts, requestOf } from './provider-parts.ts'

interface WatchStart {
  readonly context: RequestContext
  readonly request: WatchRequest
  readonly handler: { onEvents(events: readonly WatchEvent[]): void; onEnd(): void }
  list(): Promise<readonly StoredObject[]>
}

/**
 * A watch over a provider: what there is, then its changes. The changes are asked for before the list, so that none is
 * lost between the two; a change that the list has seen already comes as an event all the same, which watchers expect.
 * A provider keeps no past: a watch from an older revision than the present one is refused with 410, so that clients list.
 */
export async function watchProvider(
  { provider, make }: ProviderParts,
  { context, request, handler, list }: WatchStart,
): Promise<{ close(): void }> {
  const revision = (await provider.revision?.()) ?? 0
  const from = Number(request.resourceVersion || 0)
  if (from > 0 && from !== revision) {
    handler.onEvents([{ type: 'ERROR', error: expired(`too old resource version: ${from} (${revision})`) }])
    return { close: () => {} }
  }
  const closing = new AbortController()
  const { signal, user } = requestOf(context)
  const changes = provider.watch?.(request.namespace, { user, signal: AbortSignal.any([signal, closing.signal]) })
  const iterator = changes?.[Symbol.asyncIterator]()
  let next = iterator?.next()
  // The rejection of a change that nobody waits for yet is seen when it is awaited below.
  next?.catch(() => {})
  const selected = (object: StoredObject): boolean =>
    request.labelSelector.matches(object.labels) && request.fieldSelector.matches(object.fields)
  /** Objects that the watcher has seen, for changes that carry an object into or out of its selection. */
  const seen = new Set<string>()

  const initial = from > 0 && request.sendInitialEvents !== true ? [] : await list()
  for (const object of initial) seen.add(keyOf(object))
  handler.onEvents(initial.map((object) => ({ type: 'ADDED', object })))
  if (request.sendInitialEvents === true && request.allowWatchBookmarks) {
    handler.onEvents([{ type: 'BOOKMARK', revision, initialEventsEnd: true }])
  }
  void follow()
  return { close: () => closing.abort() }

  async function follow(): Promise<void> {
    try {
      for (let result = await next; result?.done === false; result = await next) {
        const { type, object } = result.value
        next = iterator?.next()
        next?.catch(() => {})
        const event = eventOf(type, make(object))
        if (event !== undefined) handler.onEvents([event])
      }
      if (!closing.signal.aborted) handler.onEnd()
    } catch (error) {
      if (closing.signal.aborted) return
      handler.onEvents([{ type: 'ERROR', error: error instanceof Error ? error : new Error(String(error)) }])
    }
  }

  function eventOf(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: StoredObject): WatchEvent | undefined {
    const key = keyOf(object)
    const known = seen.has(key)
    if (type === 'DELETED' || !selected(object)) {
      // A watcher that started without a list may know objects that it was not told of here.
      return seen.delete(key) || (type === 'DELETED' && selected(object)) ? { type: 'DELETED', object } : undefined
    }
    seen.add(key)
    return { type: known || (from > 0 && type === 'MODIFIED') ? 'MODIFIED' : 'ADDED', object }
  }
}

function keyOf(object: StoredObject): string {
  const { namespace, name } = object.object().metadata
  return `${namespace ?? ''}/${name ?? ''}`
}
