import type { Clock, KubeObject } from '@fairlead/apimachinery'
import type { ObjectChange, ObjectView } from '@fairlead/aggregator'
import type { ResourceStore } from '@fairlead/apiserver'

/** A view that follows a store until it is stopped. */
export interface StoreView extends ObjectView {
  stop(): void
}

const retryDelay = 100

/**
 * The objects of a store of this process. A change is in the view before its writer is answered. Resolves when the view
 * holds everything that is stored; starts again by itself when the store breaks the watch off.
 */
export async function viewStore(store: ResourceStore, clock: Clock): Promise<StoreView> {
  const objects = new Map<string, KubeObject>()
  const listeners: ((change: ObjectChange) => void)[] = []
  let stopped = false
  let closeWatch = (): void => undefined

  function put(key: string, object: KubeObject | undefined): void {
    const before = objects.get(key)
    if (object === undefined) objects.delete(key)
    else objects.set(key, object)
    if (before === undefined && object === undefined) return
    if (before !== undefined && before.metadata.resourceVersion === object?.metadata.resourceVersion) return
    const change = { ...(before === undefined ? {} : { before }), ...(object === undefined ? {} : { after: object }) }
    for (const listener of listeners) listener(change)
  }

  async function follow(): Promise<void> {
    const present = new Set<string>()
    let loading = true
    await new Promise<void>((resolve, reject) => {
      store
        .follow({
          onEvents(events) {
            for (const event of events) {
              if (event.type === 'BOOKMARK') {
                if (event.initialEventsEnd) endOfList(present)
                if (event.initialEventsEnd) loading = false
                resolve()
              } else if (event.type === 'ERROR') {
                if (loading) reject(event.error)
                else again()
              } else {
                const object = event.object.object()
                const key = keyOf(object.metadata.namespace, object.metadata.name)
                if (loading) present.add(key)
                put(key, event.type === 'DELETED' ? undefined : object)
              }
            }
          },
          onEnd: again,
        })
        .then((session) => {
          closeWatch = () => session.close()
          if (stopped) session.close()
        }, reject)
    })
  }

  function endOfList(present: ReadonlySet<string>): void {
    for (const key of objects.keys()) if (!present.has(key)) put(key, undefined)
  }

  function again(): void {
    if (stopped) return
    clock.after(retryDelay, () => {
      if (!stopped) follow().catch(again)
    })
  }

  await follow()
  return {
    get: (namespace, name) => objects.get(keyOf(namespace, name)),
    list: () => objects.values(),
    onChange(listener) {
      listeners.push(listener)
    },
    stop() {
      stopped = true
      closeWatch()
    },
  }
}

function keyOf(namespace = '', name = ''): string {
  return `${namespace}/${name}`
}
