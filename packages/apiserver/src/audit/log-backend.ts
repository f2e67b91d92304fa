import type { AuditBackend, ReportLoss } from './audit-backend.ts'
import { encodeEvent } from './encode-event.ts'
import type { AuditEvent } from './event.ts'
import { legacyLine } from './legacy-line.ts'
import type { LineFile } from './rotating-file.ts'

export type AuditLogFormat = 'json' | 'legacy'

interface Waiting {
  readonly events: readonly AuditEvent[]
  resolve(kept: boolean): void
}

/**
 * Writes events as lines. What comes in while a write is under way goes out together with the next one, so that a busy
 * server makes few writes and the event loop never waits for the disk.
 */
export function createLogBackend(
  file: LineFile,
  { format, report }: { readonly format: AuditLogFormat; readonly report: ReportLoss },
): AuditBackend {
  const encode = format === 'json' ? encodeEvent : legacyLine
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined

  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const taken = waiting
      waiting = []
      const events = taken.flatMap((entry) => entry.events)
      let kept = true
      try {
        await file.append(events.map((event) => `${encode(event)}\n`))
      } catch (error) {
        kept = false
        report('log', error, events)
      }
      for (const { resolve } of taken) resolve(kept)
    }
    writing = undefined
  }

  return {
    process: (events) =>
      new Promise((resolve) => {
        waiting.push({ events, resolve })
        // In the next turn, so that events of requests that came in together are written together.
        writing ??= Promise.resolve().then(write)
      }),
    async close() {
      await writing
      await file.close()
    },
  }
}
