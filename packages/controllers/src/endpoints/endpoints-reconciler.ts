import { ignoring } from '@fairlead/apimachinery'
import { keyOf, type ObjectKey, splitKey } from '@fairlead/client'
import type { ControllerRuntime, Reconciler } from '@fairlead/controller-runtime'
import { isNamespaceTerminating } from '../active-namespace.ts'
import { controllerEvents } from '../controller-events.ts'
import type { Pod } from '../services/pod.ts'
import { podsSelectedBy } from '../services/selected-pods.ts'
import { type Service, selectsPods } from '../services/service.ts'
import { createTriggerTimes } from '../services/trigger-times.ts'
import { type Endpoints, isLeaderLock } from './endpoints.ts'
import { planEndpoints } from './plan-endpoints.ts'
import { podSubsets } from './pod-subsets.ts'

/** Brings the Endpoints of one Service to the pods that it has, and deletes those whose Service is gone. */
export function endpointsReconciler(runtime: ControllerRuntime, signal: AbortSignal): Reconciler<Service> {
  const { client, informers } = runtime
  const pods = informers.informer<Pod>('v1', 'pods').store
  const cache = informers.informer<Endpoints>('v1', 'endpoints')
  const endpoints = client.resource<Endpoints>('v1', 'endpoints')
  const triggerTimes = createTriggerTimes()
  const events = controllerEvents(runtime, 'endpoint-controller', signal)
  /** The versions that were written and that the cache need not have. */
  const written = new Map<ObjectKey, string>()

  async function cached(key: ObjectKey): Promise<void> {
    const version = written.get(key)
    if (version === undefined) return
    await cache.reached(version, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    written.delete(key)
  }

  async function sync(service: Service, key: ObjectKey): Promise<void> {
    const selected = podsSelectedBy(service, pods)
    const triggerTime = triggerTimes.observe(service, selected)
    const current = cache.store.get(key)
    const planned = planEndpoints(service, podSubsets(service, selected), current, triggerTime)
    if (planned === undefined) return
    try {
      const { metadata } = await (current === undefined ? endpoints.create(planned) : endpoints.update(planned))
      written.set(key, metadata.resourceVersion ?? '')
    } catch (error) {
      if (current === undefined && isNamespaceTerminating(error)) return
      const text = error instanceof Error ? error.message : String(error)
      if (current === undefined) {
        const message = `Failed to create endpoint for service ${key}: ${text}`
        events.event(planned, 'Warning', 'FailedToCreateEndpoint', message)
      } else events.event(planned, 'Warning', 'FailedToUpdateEndpoint', `Failed to update endpoint ${key}: ${text}`)
      throw error
    }
  }

  async function deleteOrphan(key: ObjectKey): Promise<void> {
    const orphan = cache.store.get(key)
    if (orphan === undefined || isLeaderLock(orphan)) return
    const { namespace, name } = splitKey(key)
    // Both may be new, and only one of them known yet.
    const service = await client.resource('v1', 'services').namespace(namespace).get(name).catch(ignoring('NotFound'))
    if (service !== undefined) return
    const preconditions = { uid: orphan.metadata.uid ?? '' }
    await endpoints.namespace(namespace).delete(name, { preconditions }).catch(ignoring('NotFound'))
  }

  return async ({ namespace, name }, { store }) => {
    const key = keyOf(namespace, name)
    await cached(key)
    if (signal.aborted) return
    const service = store.get(key)
    if (service === undefined) {
      triggerTimes.forget(key)
      await deleteOrphan(key)
    } else if (selectsPods(service)) await sync(service, key)
  }
}
