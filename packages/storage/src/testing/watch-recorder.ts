import type { Change, Revision, Storage, WatchHandler } from '../storage.ts'

/** Keeps everything that a watch delivers. */
export interface WatchRecorder extends WatchHandler {
  readonly changes: readonly Change[]
  readonly progress: readonly Revision[]
  /** Resolves with all changes once there are `count`. Rejects when the watch ends with an error first. */
  received(count: number): Promise<readonly Change[]>
  /** Resolves once everything up to the revision has been delivered. Rejects when the watch ends first. */
  reached(revision: Revision): Promise<readonly Change[]>
  /** Resolves with the error that the watch ends with. */
  ended(): Promise<Error>
  close(): void
}

interface Waiter {
  readonly holds: () => boolean
  resolve(changes: readonly Change[]): void
  reject(error: Error): void
}

/** Watches and records. */
export function recordWatch(storage: Storage, prefix: string, from: Revision): WatchRecorder {
  const changes: Change[] = []
  const progress: Revision[] = []
  const waiters = new Set<Waiter>()
  const endWaiters: ((error: Error) => void)[] = []
  let failure: Error | undefined

  const settle = (): void => {
    for (const waiter of waiters) {
      if (!waiter.holds() && failure === undefined) continue
      waiters.delete(waiter)
      if (waiter.holds()) waiter.resolve(changes)
      else waiter.reject(failure ?? new Error('the watch has ended'))
    }
  }

  const until = (holds: () => boolean): Promise<readonly Change[]> =>
    new Promise((resolve, reject) => {
      waiters.add({ holds, resolve, reject })
      settle()
    })

  const handler: WatchHandler = {
    onChanges(batch) {
      changes.push(...batch)
      settle()
    },
    onProgress(revision) {
      progress.push(revision)
      settle()
    },
    onError(error) {
      failure = error
      for (const resolve of endWaiters) resolve(error)
      settle()
    },
  }
  const watch = storage.watch(prefix, from, handler)
  return {
    ...handler,
    changes,
    progress,
    received: (count) => until(() => changes.length >= count),
    reached: (revision) => until(() => (progress.at(-1) ?? 0) >= revision),
    ended: () =>
      failure === undefined ? new Promise((resolve) => endWaiters.push(resolve)) : Promise.resolve(failure),
    close: () => watch.close(),
  }
}
