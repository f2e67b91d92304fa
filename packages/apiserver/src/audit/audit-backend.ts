import type { AuditEvent } from './event.ts'

/** Where events go. */
export interface AuditBackend {
  /**
   * Takes events, in order. False when they could not be kept and the requests that are just coming in should be
   * refused; that is for strict modes. Never throws and never rejects.
   */
  process(events: readonly AuditEvent[]): Promise<boolean> | boolean
  /** Resolves when everything taken so far is kept or given up. No events come after it. */
  close(): Promise<void>
}

/** Told of events that are lost. The error holds no body of a request. */
export type ReportLoss = (plugin: string, error: unknown, events: readonly AuditEvent[]) => void

/** One answer for several; at once when all of them are there. */
export function allKept(answers: readonly (Promise<boolean> | boolean)[]): Promise<boolean> | boolean {
  if (!answers.some((answer) => answer instanceof Promise)) return !answers.includes(false)
  return Promise.all(answers.map((answer) => Promise.resolve(answer))).then((kept) => !kept.includes(false))
}

/** Gives events to several backends. */
export function unionBackend(backends: readonly AuditBackend[]): AuditBackend {
  const [only] = backends
  if (only !== undefined && backends.length === 1) return only
  return {
    process(events) {
      return allKept(backends.map((backend) => backend.process(events)))
    },
    async close() {
      await Promise.all(backends.map((backend) => backend.close()))
    },
  }
}

/** Waits for a backend, but lets requests pass when it fails: mode `blocking`. */
export function forgivingBackend(backend: AuditBackend): AuditBackend {
  return {
    process(events) {
      const kept = backend.process(events)
      return kept instanceof Promise ? kept.then(() => true) : true
    },
    close: () => backend.close(),
  }
}
