import type { Clock } from '@fairlead/apimachinery'

/** What a loop does, and when it does it again. Times are milliseconds. */
export interface KeyedLoopOptions {
  readonly clock: Clock
  /** Works on one key. A rejection is a failure. The signal is aborted when the key is forgotten or the loop stops. */
  work(key: string, signal: AbortSignal): Promise<void>
  /** Until the next turn after a success; absent: only when triggered. */
  readonly interval?: number
  /** Until the next turn after a failure: doubled with each, up to the maximum. */
  readonly backoff: { readonly first: number; readonly maximum: number }
  onFailure?(key: string, error: unknown): void
}

/** Keeps working on keys, each on its own: one that takes long holds none of the others up. */
export interface KeyedLoop {
  /** Works on a key now; when it is being worked on, once more afterwards. */
  trigger(key: string): void
  forget(key: string): void
  stop(): void
  /** Resolves when every key known has been worked on at least once. */
  settled(): Promise<void>
}

interface Entry {
  readonly abort: AbortController
  /** The turn under way. */
  turn: Promise<void> | undefined
  again: boolean
  failures: number
  cancelTimer(): void
}

export function createKeyedLoop(options: KeyedLoopOptions): KeyedLoop {
  const { clock, work, interval, backoff, onFailure } = options
  const entries = new Map<string, Entry>()
  let stopped = false

  function start(key: string, entry: Entry): void {
    entry.cancelTimer()
    entry.again = false
    entry.turn = work(key, entry.abort.signal).then(
      () => {
        entry.failures = 0
        rest(key, entry, interval)
      },
      (error: unknown) => {
        if (entry.abort.signal.aborted) return
        onFailure?.(key, error)
        rest(key, entry, Math.min(backoff.first * 2 ** entry.failures, backoff.maximum))
        entry.failures += 1
      },
    )
  }

  function rest(key: string, entry: Entry, delay: number | undefined): void {
    entry.turn = undefined
    if (entry.abort.signal.aborted) return
    if (entry.again) start(key, entry)
    else if (delay !== undefined) entry.cancelTimer = clock.after(delay, () => start(key, entry))
  }

  function end(entry: Entry): void {
    entry.cancelTimer()
    entry.abort.abort(new Error('no longer wanted'))
  }

  return {
    trigger(key) {
      if (stopped) return
      const known = entries.get(key)
      if (known?.turn !== undefined) {
        known.again = true
        return
      }
      const entry = known ?? {
        abort: new AbortController(),
        turn: undefined,
        again: false,
        failures: 0,
        cancelTimer: () => undefined,
      }
      entries.set(key, entry)
      start(key, entry)
    },
    forget(key) {
      const entry = entries.get(key)
      if (entry === undefined) return
      entries.delete(key)
      end(entry)
    },
    stop() {
      stopped = true
      for (const entry of entries.values()) end(entry)
      entries.clear()
    },
    async settled() {
      await Promise.all([...entries.values()].map(async ({ turn }) => await turn))
    },
  }
}
