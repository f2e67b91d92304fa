import type { Clock } from '@fairlead/apimachinery'
import type { ReconcileOutcome } from '../controller/reconcile-loop.ts'
import type { MetricsRegistry } from './registry.ts'

const buckets: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
]

const outcomes: readonly ReconcileOutcome[] = ['error', 'requeue_after', 'requeue', 'success']

export interface ReconcileMetrics {
  /** Counts a reconcile as begun; the returned function counts its end. */
  begun(): (outcome: ReconcileOutcome) => void
  failed(isTerminal: boolean): void
}

/** The metrics of one controller, under controller-runtime's names. */
export function registerReconcileMetrics(
  registry: MetricsRegistry,
  controller: string,
  concurrency: number,
  clock: Clock,
): ReconcileMetrics {
  const labels = { controller }
  const total = registry.counter('controller_runtime_reconcile_total', 'Total number of reconciliations per controller')
  const errors = registry.counter(
    'controller_runtime_reconcile_errors_total',
    'Total number of reconciliation errors per controller',
  )
  const terminal = registry.counter(
    'controller_runtime_terminal_reconcile_errors_total',
    'Total number of terminal reconciliation errors per controller',
  )
  const time = registry.histogram(
    'controller_runtime_reconcile_time_seconds',
    'Length of time per reconciliation per controller',
    buckets,
  )
  const workers = registry.gauge(
    'controller_runtime_max_concurrent_reconciles',
    'Maximum number of concurrent reconciles per controller',
  )
  const active = registry.gauge('controller_runtime_active_workers', 'Number of currently used workers per controller')
  for (const result of outcomes) total.add({ controller, result }, 0)
  errors.add(labels, 0)
  terminal.add(labels, 0)
  workers.set(labels, concurrency)
  let count = 0
  active.setFrom(labels, () => count)
  return {
    begun() {
      const started = clock.now()
      count += 1
      return (result) => {
        count -= 1
        total.add({ controller, result })
        time.observe(labels, Math.max(0, clock.now() - started) / 1000)
      }
    },
    failed(isTerminal) {
      errors.add(labels)
      if (isTerminal) terminal.add(labels)
    },
  }
}
