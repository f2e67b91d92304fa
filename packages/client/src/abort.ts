import type { Clock } from '@fairlead/apimachinery'

/** A signal that follows another one until it is released. */
export interface LinkedSignal {
  readonly signal: AbortSignal
  abort(reason: unknown): void
  /** Takes the listener off the parent, which may live for ever. */
  release(): void
}

/** A signal of its own for one call: whatever listens to it goes with the call, and does not pile up on `parent`. */
export function linkSignal(parent: AbortSignal | undefined): LinkedSignal {
  const controller = new AbortController()
  const follow = (): void => controller.abort(parent?.reason)
  if (parent?.aborted === true) follow()
  else parent?.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => parent?.removeEventListener('abort', follow),
  }
}

/** Waits; rejects with the signal's reason when that is aborted. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(asError(signal.reason))
      return
    }
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    const stop = (): void => {
      cancel()
      reject(asError(signal?.reason))
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** Waits for a promise, but no longer than until the signal is aborted; then rejects with its reason. */
export function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(asError(signal.reason))
    if (signal.aborted) {
      stop()
      promise.catch(() => undefined)
      return
    }
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
