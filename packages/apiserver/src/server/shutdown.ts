import type { Clock } from '@fairlead/apimachinery'
import type { RequestsInFlight } from '../filters/requests-in-flight.ts'
import type { Listener } from '../serving/listener.ts'

/** How a server ends. Times are milliseconds. */
export interface ShutdownOptions {
  /** Time for which the server still serves after it has said that it is not ready, for load balancers to notice. */
  readonly delay?: number
  /** Time that requests in flight get; default 60,000. */
  readonly requestGrace?: number
  /** Time that watches get to end cleanly after they were asked to; default 2,000. */
  readonly watchGrace?: number
  /** Run while the server still serves. */
  readonly beforeClose?: () => Promise<void>
  /** Run when the last request has been answered: audit, storage. */
  readonly afterClose?: () => Promise<void>
}

/** What there is to end. */
export interface ShutdownParts {
  readonly clock: Clock
  readonly inFlight: RequestsInFlight
  readonly listeners: readonly Omit<Listener, 'replaceTls'>[]
  /** Makes `/readyz` fail. */
  readonly markUnready: () => void
}

/**
 * Ends a server in order: not ready; the delay; no new requests; those in flight finish and watches are ended; what is
 * left is cut.
 */
export async function shutDown(parts: ShutdownParts, options: ShutdownOptions = {}): Promise<void> {
  const { clock, inFlight, listeners } = parts
  parts.markUnready()
  if (options.delay !== undefined && options.delay > 0) await sleep(clock, options.delay)
  await options.beforeClose?.()
  inFlight.refuse()
  const closing = listeners.map((listener) => listener.release())
  inFlight.endLong()
  await atMost(clock, options.requestGrace ?? 60_000, inFlight.idle(false))
  await atMost(clock, options.watchGrace ?? 2_000, inFlight.idle(true))
  for (const listener of listeners) listener.cut()
  await Promise.all(closing)
  await options.afterClose?.()
}

function sleep(clock: Clock, delay: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delay, resolve)
  })
}

async function atMost(clock: Clock, delay: number, work: Promise<void>): Promise<void> {
  let cancel: (() => void) | undefined
  const limit = new Promise<void>((resolve) => {
    cancel = clock.after(delay, resolve)
  })
  await Promise.race([work, limit])
  cancel?.()
}
