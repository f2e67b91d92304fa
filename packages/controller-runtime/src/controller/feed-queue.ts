import type { KubeObject } from '@fairlead/apimachinery'
import { type HandlerRegistration, type Informer, type Informers, keyOf, type ObjectKey } from '@fairlead/client'
import type { Priority, WorkQueue } from '../queue/work-queue.ts'
import { type Change, type ReconcileRequest, requestFor, statesOf } from './change.ts'
import type { ControllerOptions, MappedResource, WatchedResource } from './controller-options.ts'
import { ownerRequest } from './owner-request.ts'
import type { ControllerRuntime } from './runtime.ts'

type Mapping = (object: KubeObject) => readonly ReconcileRequest[]

/** The informer of a watched resource, shared with the others of the runtime. */
export function informerOf({ informers }: ControllerRuntime, watched: WatchedResource): Informer<KubeObject> {
  const { apiVersion, resource, scope, metadataOnly } = watched
  return metadataOnly === true
    ? (informers.metadataInformer(apiVersion, resource, scope) as unknown as Informer<KubeObject>)
    : informers.informer(apiVersion, resource, scope)
}

/** Queues the keys of what is to be reconciled, for every change that the controller watches. */
export function feedQueue<T extends KubeObject>(
  options: ControllerOptions<T>,
  runtime: ControllerRuntime,
  queue: WorkQueue<ObjectKey>,
): HandlerRegistration[] {
  const kind = options.for
  const owners = informerOf(runtime, kind).store
  const itself: Mapping = (object) => [requestFor(object)]
  const owner: Mapping = (object) => {
    const request = ownerRequest(object, kind, owners)
    return request === undefined ? [] : [request]
  }
  const sources: MappedResource[] = [
    { ...kind, map: itself },
    ...(options.owns ?? []).map((owned) => ({ ...owned, map: owner })),
    ...(options.watches ?? []),
  ]
  return sources.map((watched) => {
    const predicates = [...(options.predicates ?? []), ...(watched.predicates ?? [])]
    return informerOf(runtime, watched).addHandler(
      handlerOf({ ...watched, predicates }, { queue, informers: runtime.informers }),
    )
  })
}

/** What was there before, and what is only told again, lets changes pass. */
function handlerOf(
  { predicates = [], map, delay = 0 }: MappedResource,
  { queue, informers }: { readonly queue: WorkQueue<ObjectKey>; readonly informers: Informers },
) {
  const heard = (change: Change, priority: Priority): void => {
    if (!predicates.every((predicate) => predicate(change))) return
    for (const { namespace, name } of statesOf(change).flatMap((state) => map(state, informers))) {
      const key = keyOf(namespace, name)
      if (delay > 0) queue.addAfter(key, delay)
      else queue.add(key, priority)
    }
  }
  return {
    add: (object: KubeObject, isInInitialList: boolean) =>
      heard({ type: 'add', object, isInInitialList }, isInInitialList ? 'low' : 'normal'),
    update: (before: KubeObject, object: KubeObject) =>
      heard({ type: 'update', before, object }, before === object ? 'low' : 'normal'),
    delete: (object: KubeObject) => heard({ type: 'delete', object }, 'normal'),
  }
}
