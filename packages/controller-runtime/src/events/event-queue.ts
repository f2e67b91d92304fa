/** Writes events one after the other, so that nobody waits for them. */
export interface EventQueue {
  /** Returns at once. Drops the write, and says so, when too many wait. */
  add(what: string, write: () => Promise<void>): void
  /** Resolves when everything added so far is written or given up. */
  flush(): Promise<void>
}

export interface EventQueueOptions {
  /** Drops what waits. */
  readonly signal: AbortSignal
  /** Hears of events that could not be written. */
  readonly onError?: (error: unknown) => void
}

const maxPending = 1000

export function createEventQueue({ signal, onError }: EventQueueOptions): EventQueue {
  let pending = 0
  let writing: Promise<void> = Promise.resolve()

  async function run(write: () => Promise<void>): Promise<void> {
    try {
      if (!signal.aborted) await write()
    } catch (error) {
      if (!signal.aborted) onError?.(error)
    } finally {
      pending -= 1
    }
  }

  return {
    add(what, write) {
      if (pending >= maxPending) {
        onError?.(new Error(`too many events wait; dropped ${what}`))
        return
      }
      pending += 1
      writing = writing.then(() => run(write))
    },
    flush: () => writing,
  }
}
