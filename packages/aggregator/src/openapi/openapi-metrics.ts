import { type MetricSet, NumberFamily } from '@fairlead/apiserver'

/** Why the merged v2 document has to be made again. */
export type RegenerationReason = 'add' | 'update' | 'delete'

/** Counts what makes the merged v2 document another one, and how long merging took, under upstream's names (OA2-5). */
export interface OpenApiMetrics {
  changed(apiService: string, reason: RegenerationReason): void
  /** Of the merge that the last change called for. */
  merged(seconds: number): void
}

export function createOpenApiMetrics(metrics: MetricSet): OpenApiMetrics {
  const count = new NumberFamily('counter', {
    name: 'aggregator_openapi_v2_regeneration_count',
    help: '[ALPHA] Counter of OpenAPI v2 spec regeneration count broken down by causing APIService name and reason.',
    labels: ['apiservice', 'reason'],
  })
  const duration = new NumberFamily('gauge', {
    name: 'aggregator_openapi_v2_regeneration_duration',
    help: '[ALPHA] Gauge of OpenAPI v2 spec regeneration duration in seconds.',
    labels: ['reason'],
  })
  metrics.add(count)
  metrics.add(duration)
  let last: RegenerationReason = 'add'
  return {
    changed(apiService, reason) {
      last = reason
      count.series(apiService, reason).value += 1
    },
    merged(seconds) {
      duration.series(last).value = seconds
    },
  }
}
