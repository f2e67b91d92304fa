import {
  alreadyExists,
  conflict,
  encodeJsonBytes,
  type GroupResource,
  type KubeObject,
  notFound,
  parseJson,
} from '@fairlead/apimachinery'
import type {
  ListRequest,
  ListResult,
  ObjectKey,
  RestResource,
  StoredEvent,
  WatchEvent,
} from '../../registry/rest/capabilities.ts'
import type { StoredObject } from '../../registry/rest/stored-object.ts'

/** A small storage in memory: enough of the contract for handlers to stand on. */
export interface MemoryRest {
  readonly rest: RestResource
  /** Stores an object as it is, past all checks. */
  put(object: KubeObject): StoredObject
  /** The events that watchers have been given, newest last. */
  readonly sessions: { open: number }
  /** Called in the middle of an update, before it is committed. */
  interfere: (() => void) | undefined
  /** Sends an event to all watchers. */
  send(event: WatchEvent): void
}

export function createMemoryRest(resource: GroupResource, { keep = true } = {}): MemoryRest {
  const objects = new Map<string, StoredObject>()
  const watchers = new Set<{ onEvents(events: readonly WatchEvent[]): void; onEnd(): void }>()
  let revision = 100

  const memory: MemoryRest = {
    rest: {
      async get(_context, key) {
        return existing(key)
      },
      async list(_context, request) {
        return select(request)
      },
      async watch(_context, request, handler) {
        if (request.sendInitialEvents === true) {
          handler.onEvents(
            select({ ...request, limit: 0, continue: '' }).items.map((object) => ({ type: 'ADDED', object })),
          )
          if (request.allowWatchBookmarks) handler.onEvents([{ type: 'BOOKMARK', revision, initialEventsEnd: true }])
        }
        watchers.add(handler)
        memory.sessions.open += 1
        return {
          close() {
            if (watchers.delete(handler)) memory.sessions.open -= 1
          },
        }
      },
      async create(_context, object, { admit, dryRun, namespace }) {
        await admit.mutate({ operation: 'CREATE', name: object.metadata.name ?? '', object })
        object.metadata.namespace ??= namespace
        if (object.metadata.namespace === '') delete object.metadata.namespace
        const name = object.metadata.name ?? ''
        if (objects.has(keyOf(object.metadata))) throw alreadyExists(resource, name)
        object.metadata.uid = `uid-${name}`
        await admit.validate({ operation: 'CREATE', name, object })
        return dryRun ? stored(object, 0) : memory.put(object)
      },
      async update(_context, request, { admit, dryRun }) {
        for (;;) {
          const current = objects.get(keyOf(request.key))
          if (current === undefined && !request.createAllowed) throw notFound(resource, request.key.name)
          const object = await request.desired(current)
          const operation = current === undefined ? 'CREATE' : 'UPDATE'
          const old = current === undefined ? {} : { oldObject: current.object() }
          await admit.mutate({ operation, name: request.key.name, object, ...old })
          const wanted = object.metadata.resourceVersion ?? ''
          if (current !== undefined && wanted !== '' && wanted !== String(current.revision)) {
            throw conflict(resource, request.key.name, 'the object has been modified')
          }
          if (current === undefined) object.metadata.uid = `uid-${request.key.name}`
          await admit.validate({ operation, name: request.key.name, object, ...old })
          memory.interfere?.()
          if (objects.get(keyOf(request.key)) !== current) continue
          const created = current === undefined
          return { object: dryRun ? stored(object, current?.revision ?? 0) : memory.put(object), created }
        }
      },
      async delete(_context, key, options, { admit, dryRun }) {
        const object = existing(key)
        await admit.validate({ operation: 'DELETE', name: key.name, oldObject: object.object() })
        const gone = (object.object().metadata.finalizers ?? []).length === 0
        if (gone && !dryRun) remove(key)
        return { object, gone: gone && options.gracePeriodSeconds !== 7 }
      },
      async deleteCollection(_context, request, _options, { admit }) {
        const result = select(request)
        for (const object of result.items) {
          const { metadata } = object.object()
          await admit.validate({ operation: 'DELETE', name: metadata.name ?? '', oldObject: object.object() })
          remove({ namespace: metadata.namespace ?? '', name: metadata.name ?? '' })
        }
        return result
      },
    },
    put(object) {
      const key = keyOf(object.metadata)
      const previous = objects.get(key)
      revision += 1
      const current = stored(object, revision)
      objects.set(key, current)
      const source: StoredEvent = { revision, current, encoded: new Map() }
      memory.send({ type: previous === undefined ? 'ADDED' : 'MODIFIED', object: current, source })
      return current
    },
    sessions: { open: 0 },
    interfere: undefined,
    send(event) {
      if (!keep) return
      for (const watcher of watchers) watcher.onEvents([event])
    },
  }
  return memory

  function existing(key: ObjectKey): StoredObject {
    const object = objects.get(keyOf(key))
    if (object === undefined) throw notFound(resource, key.name)
    return object
  }

  function remove(key: ObjectKey): void {
    const object = stored(existing(key).object(), ++revision)
    objects.delete(keyOf(key))
    memory.send({ type: 'DELETED', object, source: { revision, previous: object, encoded: new Map() } })
  }

  function select(
    request: ListRequest | (Omit<ListRequest, 'limit' | 'continue'> & { limit: number; continue: string }),
  ): ListResult {
    const all = [...objects]
      .filter(([key]) => request.namespace === '' || key.startsWith(`${request.namespace}/`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object)
      .filter((object) => request.labelSelector.matches(object.labels) && request.fieldSelector.matches(object.fields))
    const start = request.continue === '' ? 0 : Number(request.continue)
    const end = request.limit === 0 ? all.length : Math.min(all.length, start + request.limit)
    const items = all.slice(start, end)
    if (end === all.length) return { revision, items, continue: '' }
    return { revision, items, continue: String(end), remainingItemCount: all.length - end }
  }
}

function keyOf({ namespace, name }: { readonly namespace?: string; readonly name?: string }): string {
  return `${namespace ?? ''}/${name ?? ''}`
}

function stored(object: KubeObject, revision: number): StoredObject {
  const { kind, apiVersion, metadata, ...rest } = object
  const { resourceVersion: _old, ...others } = metadata
  const bytes = encodeJsonBytes({
    kind,
    apiVersion,
    metadata: { ...(revision !== 0 && { resourceVersion: String(revision) }), ...others },
    ...rest,
  })
  return {
    revision,
    bytes,
    object: () => parseJson(bytes) as KubeObject,
    labels: metadata.labels ?? {},
    fields: { 'metadata.name': metadata.name ?? '', 'metadata.namespace': metadata.namespace ?? '' },
  }
}
