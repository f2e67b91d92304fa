import { type MetricSet, NumberFamily } from '@fairlead/apiserver'
import type { Finding } from './conditions.ts'

/** Counts APIServices that are not available, under upstream's names (AVL-19). */
export interface AvailabilityMetrics {
  observe(name: string, available: Finding): void
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
  const down = new Map<string, boolean>()
  return {
    observe(name, { status, reason }) {
      const isDown = status !== 'True'
      unavailable.series(name).value = isDown ? 1 : 0
      if (isDown && down.get(name) !== true) total.series(name, reason).value += 1
      down.set(name, isDown)
    },
    forget(name) {
      down.delete(name)
      unavailable.remove(name)
    },
  }
}
