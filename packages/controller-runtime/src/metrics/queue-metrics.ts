import type { QueueMetrics } from '../queue/queue-metrics.ts'
import type { MetricsRegistry } from './registry.ts'

/** 10 ns, 100 ns … 1000 s. */
const buckets: readonly number[] = Array.from({ length: 12 }, (_value, index) => Number(`1e${index - 8}`))

/** The metrics of a work queue, under upstream's names. */
export function registerQueueMetrics(registry: MetricsRegistry, name: string): QueueMetrics {
  const labels = { name, controller: name }
  const depth = registry.gauge('workqueue_depth', 'Current depth of workqueue')
  const adds = registry.counter('workqueue_adds_total', 'Total number of adds handled by workqueue')
  const waited = registry.histogram(
    'workqueue_queue_duration_seconds',
    'How long in seconds an item stays in workqueue before being requested',
    buckets,
  )
  const worked = registry.histogram(
    'workqueue_work_duration_seconds',
    'How long in seconds processing an item from workqueue takes.',
    buckets,
  )
  const unfinished = registry.gauge(
    'workqueue_unfinished_work_seconds',
    'How many seconds of work is in progress and not yet in work_duration. Large values indicate stuck workers.',
  )
  const longest = registry.gauge(
    'workqueue_longest_running_processor_seconds',
    'How many seconds has the longest running processor for workqueue been running.',
  )
  const retries = registry.counter('workqueue_retries_total', 'Total number of retries handled by workqueue')
  depth.set(labels, 0)
  adds.add(labels, 0)
  retries.add(labels, 0)
  return {
    depth: (items) => depth.set(labels, items),
    added: () => adds.add(labels),
    retried: () => retries.add(labels),
    taken: (seconds) => waited.observe(labels, seconds),
    processed: (seconds) => worked.observe(labels, seconds),
    observe(processing) {
      unfinished.setFrom(labels, () => processing().reduce((sum, seconds) => sum + seconds, 0))
      longest.setFrom(labels, () => Math.max(0, ...processing()))
    },
  }
}
