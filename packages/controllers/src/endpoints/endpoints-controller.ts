import { controller, type Predicate, requestFor, type Runnable } from '@fairlead/controller-runtime'
import { endpointsMayChange, indexBySelector, servicesSelecting } from '../services/selected-pods.ts'
import type { Service } from '../services/service.ts'
import { endpointsReconciler } from './endpoints-reconciler.ts'

const name = 'endpoints-controller'

/** Passes what may have lost its Service while nobody looked, and what somebody took away. */
const leftOverOrGone: Predicate = (change) =>
  change.type === 'delete' || (change.type === 'add' && change.isInInitialList)

/**
 * Keeps Endpoints of Services that select pods, for those who do not read EndpointSlices.
 * `batchPeriod`: for how many milliseconds changes of pods are collected.
 */
export function endpointsController(batchPeriod = 0): Runnable {
  return {
    name,
    start(runtime, signal) {
      const services = runtime.informers.informer<Service>('v1', 'services')
      indexBySelector(services)
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
            apiVersion: 'v1',
            resource: 'endpoints',
            predicates: [leftOverOrGone],
            map: (endpoints) => [requestFor(endpoints)],
          },
        ],
        reconcile: endpointsReconciler(runtime, signal),
        concurrency: 5,
      }).start(runtime, signal)
    },
  }
}
