import { type MetricSet, NumberFamily } from '@fairlead/apiserver'
import type { Finding } from './conditions.ts'

/** Counts APIServices that are not available, under upstream's names (AVL-19). */
export interface AvailabilityMetrics {
  /** `wasAvailable`: what was stored before; only the way down is counted. */
  observe(name: string, available: Finding, wasAvailable: boolean): void
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
    observe(name, { status, reason }, wasAvailable) {
      const isDown = status !== 'True'
      unavailable.series(name).value = isDown ? 1 : 0
      if (isDown && wasAvailable) total.series(name, reason).value += 1
    },
    forget(name) {
      unavailable.remove(name)
    },
  }
}
