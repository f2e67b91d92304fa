import type { ControllerRuntime, Runnable } from '../controller/runtime.ts'

/** Runnables that start and end together. */
export interface RunnableGroup {
  /** Adds one; it starts with the group, or at once when that has started. */
  add(runnable: Runnable): void
  start(): void
  /** Tells all to end. Those that are added later do not start. */
  stop(reason: unknown): void
  /** Resolves when none is running. */
  ended(): Promise<void>
  /** Names of those that run. */
  running(): readonly string[]
}

/** `onFailure` hears of what a runnable rejects with; the others run on. */
export function createRunnableGroup(
  runtime: () => ControllerRuntime,
  onFailure: (error: unknown) => void,
): RunnableGroup {
  const waiting: Runnable[] = []
  const running = new Map<Promise<void>, string>()
  // A signal to which all of them listen would look like a leak.
  const signals = new Set<AbortController>()
  let state: 'waiting' | 'started' | 'stopped' = 'waiting'

  const start = (runnable: Runnable): void => {
    const own = new AbortController()
    signals.add(own)
    const run = runnable.start(runtime(), own.signal).catch(onFailure)
    running.set(run, runnable.name)
    void run.finally(() => {
      running.delete(run)
      signals.delete(own)
    })
  }
  return {
    add(runnable) {
      if (state === 'waiting') waiting.push(runnable)
      else if (state === 'started') start(runnable)
    },
    start() {
      state = 'started'
      for (const runnable of waiting.splice(0)) start(runnable)
    },
    stop(reason) {
      state = 'stopped'
      for (const own of signals) own.abort(reason)
    },
    async ended() {
      while (running.size > 0) await Promise.all(running.keys())
    },
    running: () => [...running.values()],
  }
}
