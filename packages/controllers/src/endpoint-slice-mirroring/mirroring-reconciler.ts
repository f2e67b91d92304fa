import { ignoring } from '@fairlead/apimachinery'
import { keyOf, splitKey } from '@fairlead/client'
import type { ControllerRuntime, Reconciler } from '@fairlead/controller-runtime'
import { controllerEvents } from '../controller-events.ts'
import { applyPlan } from '../endpoint-slices/apply-plan.ts'
import type { EndpointSlice } from '../endpoint-slices/endpoint-slice.ts'
import { slicesOf } from '../endpoint-slices/slices-of-owner.ts'
import type { WrittenSlices } from '../endpoint-slices/written-slices.ts'
import { type Endpoints, isLeaderLock } from '../endpoints/endpoints.ts'
import { hasSelector, type Service } from '../services/service.ts'
import { maxMirrored, mirroredEndpoints } from './mirrored-endpoints.ts'
import { managedBy, planMirror } from './plan-mirror.ts'

const skipMirrorLabel = 'endpointslice.kubernetes.io/skip-mirror'

/** Whether Endpoints ask to be mirrored: no locks of leader election, and not those that say no. */
export function asksForMirror(endpoints: Endpoints): boolean {
  return endpoints.metadata.labels?.[skipMirrorLabel] !== 'true' && !isLeaderLock(endpoints)
}

/** Brings slices to what mirrors one Endpoints, if its Service selects no pods; else there are none. */
export function mirroringReconciler(
  runtime: ControllerRuntime,
  written: WrittenSlices,
  signal: AbortSignal,
): Reconciler<Endpoints> {
  const { client, informers } = runtime
  const services = informers.informer<Service>('v1', 'services').store
  const slices = informers.informer<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices').store
  const events = controllerEvents(runtime, 'endpoint-slice-mirroring-controller', signal)

  async function mirror(endpoints: Endpoints, key: string, existing: readonly EndpointSlice[]): Promise<void> {
    const { groups, invalid, skipped } = mirroredEndpoints(endpoints)
    const about: Endpoints = { ...endpoints, apiVersion: 'v1', kind: 'Endpoints' }
    if (invalid > 0) {
      const message = `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`
      events.event(about, 'Warning', 'InvalidIPAddress', message)
    }
    if (skipped > invalid) {
      const message = `A max of ${maxMirrored} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`
      events.event(about, 'Warning', 'TooManyAddressesToMirror', message)
    }
    const owner = { kind: 'Endpoints', key, isDeleted: endpoints.metadata.deletionTimestamp !== undefined } as const
    const [failure] = await applyPlan(planMirror(endpoints, existing, groups), owner, { client, written })
    if (failure !== undefined) throw failure
  }

  async function deleteAll(key: string, existing: readonly EndpointSlice[]): Promise<void> {
    const { namespace } = splitKey(key)
    const failures: unknown[] = []
    for (const slice of existing) {
      try {
        const objects = client.resource('discovery.k8s.io/v1', 'endpointslices').namespace(namespace)
        await objects.delete(slice.metadata.name ?? '').catch(ignoring('NotFound'))
        written.deleted(key, slice)
      } catch (error) {
        failures.push(error)
      }
    }
    const [first] = failures
    if (first === undefined) return
    const text = first instanceof Error ? first.message : String(first)
    const count = `${failures.length}/${existing.length}`
    throw new Error(`error(s) deleting ${count} EndpointSlices for ${key} Endpoints, including: ${text}`, {
      cause: first,
    })
  }

  return async ({ namespace, name }, { store }) => {
    const key = keyOf(namespace, name)
    await written.cached(key, signal)
    if (signal.aborted) return
    const existing = written.remaining(key, slicesOf(slices, key, managedBy))
    const endpoints = store.get(key)
    const service = services.get(key)
    const isMirrored = endpoints !== undefined && asksForMirror(endpoints)
    if (isMirrored && service !== undefined && !hasSelector(service.spec?.selector)) {
      await mirror(endpoints, key, existing)
    } else if (existing.length > 0) await deleteAll(key, existing)
    else written.forget(key)
  }
}
