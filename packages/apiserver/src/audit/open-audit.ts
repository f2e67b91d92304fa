import type { Clock } from '@fairlead/apimachinery'
import type { ServerLog } from '../filters/panic-recovery.ts'
import type { MetricSet } from '../metrics/metric-set.ts'
import type { AuditBackend, ReportLoss } from './audit-backend.ts'
import { createAuditMetrics } from './audit-metrics.ts'
import type { AuditTrail } from './audit-record.ts'
import { createPolicyEvaluator } from './evaluate-policy.ts'
import { legacyLine } from './legacy-line.ts'
import type { AuditPolicy } from './policy.ts'

/** What a server is told about auditing. */
export interface AuditOptions {
  readonly policy: AuditPolicy
  /** Makes the backend; it tells `report` of every event that it loses. */
  backend(report: ReportLoss): AuditBackend
}

/** Starts auditing for a server. Events that a backend loses are counted and logged, without their bodies. */
export function openAudit(
  options: AuditOptions,
  server: { readonly clock: Clock; readonly log: ServerLog; readonly metrics: MetricSet },
): { readonly trail: AuditTrail; close(): Promise<void> } {
  const metrics = createAuditMetrics(server.metrics)
  const backend = options.backend((plugin, error, events) => {
    metrics.lost(plugin, events.length)
    const head = `Error in audit plugin '${plugin}' affecting ${events.length} audit events: ${textOf(error)}`
    server.log.error([`${head}`, 'Impacted events:', ...events.map(legacyLine)].join('\n'), {})
  })
  return {
    trail: {
      clock: server.clock,
      decide: createPolicyEvaluator(options.policy),
      process: (events) => backend.process(events),
      metrics,
    },
    close: () => backend.close(),
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
