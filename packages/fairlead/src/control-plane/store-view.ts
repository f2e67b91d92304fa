import type { KubeObject } from '@fairlead/apimachinery'
import type { ObjectChange, ObjectView } from '@fairlead/aggregator'
import type { ResourceStore } from '@fairlead/apiserver'

/** A view that follows a store until it is stopped. */
export interface StoreView extends ObjectView {
  stop(): void
}

/**
 * The objects of a store of this process. A change is in the view before its writer is answered. Resolves when the view
 * holds everything that is stored.
 */
export async function viewStore(store: ResourceStore): Promise<StoreView> {
  const objects = new Map<string, KubeObject>()
  let listeners: readonly ((change: ObjectChange) => void)[] = []

  function tell(change: ObjectChange): void {
    for (const listener of listeners) listener(change)
  }

  await store.follow({
    set(stored) {
      const { namespace, name } = stored
      const key = keyOf(namespace, name)
      const before = objects.get(key)
      const after = stored.object()
      objects.set(key, after)
      tell({ ...(before === undefined ? {} : { before }), after })
    },
    remove({ namespace, name }) {
      const key = keyOf(namespace, name)
      const before = objects.get(key)
      objects.delete(key)
      if (before !== undefined) tell({ before })
    },
  }).ready
  return {
    get: (namespace, name) => objects.get(keyOf(namespace, name)),
    list: () => objects.values(),
    onChange(listener) {
      listeners = [...listeners, listener]
    },
    stop() {
      listeners = []
    },
  }
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`
}
