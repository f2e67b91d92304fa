import { keyOf } from '@fairlead/client'
import type { ControllerRuntime, Reconciler } from '@fairlead/controller-runtime'
import { controllerEvents } from '../controller-events.ts'
import { aggregateError } from '../services/aggregate-error.ts'
import type { Pod } from '../services/pod.ts'
import { podsSelectedBy } from '../services/selected-pods.ts'
import { type Service, selectsPods } from '../services/service.ts'
import { createTriggerTimes } from '../services/trigger-times.ts'
import { applyPlan } from './apply-plan.ts'
import { desiredEndpoints } from './desired-endpoints.ts'
import type { EndpointSlice } from './endpoint-slice.ts'
import { managedBy, planSlices } from './plan-slices.ts'
import { slicesOf } from './slices-of-owner.ts'
import type { WrittenSlices } from './written-slices.ts'

/** Brings the slices of one Service to the endpoints that it has. Those of a Service that is gone go with their owner. */
export function sliceReconciler(
  runtime: ControllerRuntime,
  written: WrittenSlices,
  signal: AbortSignal,
): Reconciler<Service> {
  const { client, informers } = runtime
  const pods = informers.informer<Pod>('v1', 'pods').store
  const nodes = informers.metadataInformer('v1', 'nodes').store
  const slices = informers.informer<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices').store
  const triggerTimes = createTriggerTimes()
  const events = controllerEvents(runtime, 'endpoint-slice-controller', signal)

  async function sync(service: Service, key: string): Promise<void> {
    const existing = written.remaining(key, slicesOf(slices, key, managedBy))
    const selected = podsSelectedBy(service, pods)
    const triggerTime = triggerTimes.observe(service, selected)
    const { families, problems } = desiredEndpoints(service, selected, (node) => nodes.get(node))
    const plan = planSlices(service, existing, families, { triggerTime })
    const owner = { kind: 'Service', key, isDeleted: service.metadata.deletionTimestamp !== undefined } as const
    const failure = aggregateError([...problems, ...(await applyPlan(plan, owner, { client, written }))])
    if (failure !== undefined) throw failure
  }

  return async ({ namespace, name }, { store }) => {
    const key = keyOf(namespace, name)
    await written.cached(key, signal)
    if (signal.aborted) return
    const service = store.get(key)
    if (service === undefined) {
      triggerTimes.forget(key)
      written.forget(key)
      return
    }
    if (!selectsPods(service)) return
    try {
      await sync(service, key)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      const message = `Error updating Endpoint Slices for Service ${key}: ${text}`
      events.event(
        { ...service, apiVersion: 'v1', kind: 'Service' },
        'Warning',
        'FailedToUpdateEndpointSlices',
        message,
      )
      throw error
    }
  }
}
