import type { Clock } from '@fairlead/apimachinery'
import { withBackoff } from '../webhook/backoff.ts'
import type { WebhookClient } from '../webhook/webhook-client.ts'
import type { AuditBackend, ReportLoss } from './audit-backend.ts'
import { encodeEventList } from './encode-event.ts'

export interface WebhookBackendOptions {
  readonly clock: Clock
  readonly random: () => number
  /** Milliseconds before a failed call is made again. */
  readonly initialBackoff: number
  readonly report: ReportLoss
}

/** Posts events as an EventList; whatever goes wrong is tried again, five times in all. */
export function createWebhookBackend(client: WebhookClient, options: WebhookBackendOptions): AuditBackend {
  const { clock, random, initialBackoff, report } = options
  return {
    async process(events) {
      const body = encodeEventList(events)
      try {
        await withBackoff({ clock, random, initialDelay: initialBackoff, shouldRetry: () => true }, () =>
          client.post(body),
        )
        return true
      } catch (error) {
        report('webhook', error, events)
        return false
      }
    },
    close() {
      client.close()
      return Promise.resolve()
    },
  }
}
