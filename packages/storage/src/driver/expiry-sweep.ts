import type { Revision, Storage } from '../storage.ts'
import type { StorageClock } from './clock.ts'

/** A key whose time has passed. */
export interface ExpiredKey {
  readonly key: string
  readonly modRevision: Revision
}

/** What the sweep asks of a driver. */
export interface ExpirySource {
  readonly clock: StorageClock
  /** The earliest deadline, in milliseconds since the epoch. */
  earliest(): number | undefined
  /** Up to `limit` keys with a deadline at or before `now`. */
  expired(now: number, limit: number): readonly ExpiredKey[]
  readonly transaction: Storage['transaction']
}

/** Deletes keys when their time to live has passed. */
export interface ExpirySweep {
  /** A key with this deadline was written. */
  expect(deadline: number): void
  close(): void
}

/** Deadlines are rounded up to whole seconds, so that a stream of them costs one sweep a second. */
const roundingMs = 1000
/** Timers cannot wait longer than 2^31 ms; the sweep looks again at least once a day. */
const longestWaitMs = 86_400_000
const sliceSize = 500

function roundUp(deadline: number): number {
  return Math.ceil(deadline / roundingMs) * roundingMs
}

/**
 * Starts sweeping. A key is removed by an ordinary transaction of its own that expects the revision it expired at, so
 * a key written again in the meantime stays, and watchers see an ordinary delete.
 */
export function createExpirySweep(source: ExpirySource): ExpirySweep {
  const { clock } = source
  let armedFor = Infinity
  let cancel = (): void => undefined
  let closed = false

  const arm = (deadline: number): void => {
    cancel()
    armedFor = roundUp(deadline)
    cancel = clock.after(Math.min(Math.max(armedFor - clock.now(), 0), longestWaitMs), () => {
      // A failed transaction means that the store is failed or closed, and reports itself.
      sweep().catch(() => close())
    })
  }

  const sweep = async (): Promise<void> => {
    const now = clock.now()
    for (;;) {
      const slice = source.expired(now, sliceSize)
      await Promise.all(
        slice.map(({ key, modRevision }) => source.transaction([{ key, modRevision }], [{ type: 'delete', key }])),
      )
      if (closed) return
      if (slice.length < sliceSize) break
    }
    armedFor = Infinity
    rearm()
  }

  const rearm = (): void => {
    const earliest = source.earliest()
    if (earliest !== undefined && !closed) arm(earliest)
  }

  const close = (): void => {
    closed = true
    cancel()
  }

  rearm()
  return {
    expect(deadline) {
      if (!closed && roundUp(deadline) < armedFor) arm(deadline)
    },
    close,
  }
}
