import {
  controller,
  defaultRateLimiter,
  type Predicate,
  requestFor,
  type Runnable,
  statesOf,
} from '@fairlead/controller-runtime'
import type { EndpointSlice } from '../endpoint-slices/endpoint-slice.ts'
import { indexByOwner, ownerRequests } from '../endpoint-slices/slices-of-owner.ts'
import { createWrittenSlices } from '../endpoint-slices/written-slices.ts'
import type { Endpoints } from '../endpoints/endpoints.ts'
import { hasSelector, type Service } from '../services/service.ts'
import { asksForMirror, mirroringReconciler } from './mirroring-reconciler.ts'
import { managedBy } from './plan-mirror.ts'

const name = 'endpointslice-mirroring-controller'

/** Passes Endpoints that are to be mirrored, or were. */
const mirrored: Predicate = (change) => {
  return statesOf(change).some((endpoints) => asksForMirror(endpoints as Endpoints))
}

/** Passes Services without a selector that come or go, and those whose selector does. */
const withoutSelector: Predicate = (change) => {
  const selects = hasSelector((change.object as Service).spec?.selector)
  return change.type === 'update' ? selects !== hasSelector((change.before as Service).spec?.selector) : !selects
}

/**
 * Keeps EndpointSlices that mirror the Endpoints which people write for Services that select no pods.
 * `batchPeriod`: for how many milliseconds changes of slices are collected.
 */
export function mirroringController(batchPeriod = 0): Runnable {
  return {
    name,
    start(runtime, signal) {
      const slices = runtime.informers.informer<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices')
      indexByOwner(slices)
      const written = createWrittenSlices(slices)
      return controller<Endpoints>({
        name,
        for: { apiVersion: 'v1', kind: 'Endpoints', resource: 'endpoints', predicates: [mirrored] },
        watches: [
          {
            apiVersion: 'v1',
            resource: 'services',
            predicates: [withoutSelector],
            map: (service) => [requestFor(service)],
          },
          {
            apiVersion: 'discovery.k8s.io/v1',
            resource: 'endpointslices',
            predicates: [written.changedByOthers(managedBy)],
            map: ownerRequests,
            delay: batchPeriod,
          },
        ],
        reconcile: mirroringReconciler(runtime, written, signal),
        concurrency: 5,
        rateLimiter: defaultRateLimiter(runtime.client.times.clock, 1000, 100_000),
      }).start(runtime, signal)
    },
  }
}
