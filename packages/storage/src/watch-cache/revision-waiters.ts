import type { StorageClock } from '../driver/clock.ts'
import type { Revision } from '../storage.ts'

/** Callers that wait for a revision. */
export interface RevisionWaiters {
  /** True once `reached` is called with `revision` or more; false when `timeoutMs` passes first. */
  wait(revision: Revision, timeoutMs: number): Promise<boolean>
  reached(revision: Revision): void
  /** Answers everyone with false. */
  close(): void
}

interface Waiter {
  readonly revision: Revision
  finish(reached: boolean): void
}

/** No callers. */
export function createRevisionWaiters(clock: StorageClock): RevisionWaiters {
  const waiters = new Set<Waiter>()
  return {
    wait(revision, timeoutMs) {
      return new Promise((resolve) => {
        const cancel = clock.after(timeoutMs, () => waiter.finish(false))
        const waiter: Waiter = {
          revision,
          finish(reached) {
            cancel()
            waiters.delete(waiter)
            resolve(reached)
          },
        }
        waiters.add(waiter)
      })
    },
    reached(revision) {
      if (waiters.size === 0) return
      for (const waiter of waiters) if (waiter.revision <= revision) waiter.finish(true)
    },
    close() {
      for (const waiter of waiters) waiter.finish(false)
    },
  }
}
