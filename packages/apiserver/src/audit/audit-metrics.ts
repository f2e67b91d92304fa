import type { MetricSet } from '../metrics/metric-set.ts'
import { NumberFamily } from '../metrics/number-family.ts'
import type { AuditLevel } from './levels.ts'

/** What is counted of auditing. */
export interface AuditMetrics {
  /** An event was made and given to the backend. */
  event(): void
  /** A request was put at a level. */
  level(level: AuditLevel): void
  /** A request was refused because its event could not be kept. */
  rejected(): void
  /** A backend lost events. */
  lost(plugin: string, count: number): void
}

/** Adds the audit metrics to a set. */
export function createAuditMetrics(set: MetricSet): AuditMetrics {
  const counter = (name: string, help: string, labels: readonly string[] = []): NumberFamily =>
    set.add(new NumberFamily('counter', { name: `apiserver_audit_${name}`, help, labels }))
  const events = counter('event_total', 'Audit events made and given to the backend.').series()
  const levels = counter('level_total', 'Requests by the audit level that the policy gives them.', ['level'])
  const rejected = counter('requests_rejected_total', 'Requests refused because auditing failed.').series()
  const errors = counter('error_total', 'Audit events that were lost, by the plugin that lost them.', ['plugin'])
  return {
    event() {
      events.value += 1
    },
    level(level) {
      levels.series(level).value += 1
    },
    rejected() {
      rejected.value += 1
    },
    lost(plugin, count) {
      errors.series(plugin).value += count
    },
  }
}
