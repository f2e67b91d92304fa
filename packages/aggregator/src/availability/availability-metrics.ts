import { type MetricSet, NumberFamily } from '@fairlead/apiserver'
import type { Finding } from './conditions.ts'

/** Counts APIServices that are not available, under upstream's names (AVL-19). */
export interface AvailabilityMetrics {
  observe(name: string, available: Finding): void
  /** The stored condition is no longer True. */
  wentDown(name: string, reason: string): void
  forget(name: string): void
}

export function createAvailabilityMetrics(metrics: MetricSet): AvailabilityMetrics {
  const unavailable = new NumberFamily('gauge', {
    name: 'aggregator_unavailable_apiservice',
    help: '[ALPHA] Gauge of APIServices which are marked as unavailable broken down by APIService name.',
    labels: ['name'],
  })
  const total = new NumberFamily('counter', {
    name: 'aggregator_unavailable_apiservice_total',
    help: '[ALPHA] Counter of APIServices which are marked as unavailable broken down by APIService name and reason.',
    labels: ['name', 'reason'],
  })
  metrics.add(unavailable)
  metrics.add(total)
  return {
    observe(name, { status }) {
      unavailable.series(name).value = status === 'True' ? 0 : 1
    },
    wentDown(name, reason) {
      total.series(name, reason).value += 1
    },
    forget(name) {
      unavailable.remove(name)
    },
  }
}
