import { controller, defaultRateLimiter, type Runnable } from '@fairlead/controller-runtime'
import { endpointsMayChange, indexBySelector, servicesSelecting } from '../services/selected-pods.ts'
import type { Service } from '../services/service.ts'
import type { EndpointSlice } from './endpoint-slice.ts'
import { managedBy } from './plan-slices.ts'
import { sliceReconciler } from './slice-reconciler.ts'
import { indexByOwner, ownerRequests } from './slices-of-owner.ts'
import { createWrittenSlices } from './written-slices.ts'

const name = 'endpointslice-controller'

/**
 * Keeps EndpointSlices of Services that select pods: which pods answer for them, where, and whether they are ready.
 * `batchPeriod`: for how many milliseconds changes of pods are collected.
 */
export function endpointSliceController(batchPeriod = 0): Runnable {
  return {
    name,
    start(runtime, signal) {
      const services = runtime.informers.informer<Service>('v1', 'services')
      const slices = runtime.informers.informer<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices')
      indexBySelector(services)
      indexByOwner(slices)
      const written = createWrittenSlices(slices)
      return controller<Service>({
        name,
        for: { apiVersion: 'v1', kind: 'Service', resource: 'services' },
        watches: [
          {
            apiVersion: 'v1',
            resource: 'pods',
            predicates: [endpointsMayChange],
            map: (pod) => servicesSelecting(services.store, pod),
            delay: batchPeriod,
          },
          {
            apiVersion: 'discovery.k8s.io/v1',
            resource: 'endpointslices',
            predicates: [written.changedByOthers(managedBy)],
            map: ownerRequests,
          },
          // Only read: a node says where its pods are.
          { apiVersion: 'v1', resource: 'nodes', metadataOnly: true, map: () => [] },
        ],
        reconcile: sliceReconciler(runtime, written, signal),
        concurrency: 5,
        rateLimiter: defaultRateLimiter(runtime.client.times.clock, 1000, 1_000_000),
      }).start(runtime, signal)
    },
  }
}
