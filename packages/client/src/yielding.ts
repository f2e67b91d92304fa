/** Lets other work in when a loop has held the thread for a while. */
export interface Yielding {
  /** To be called, and awaited when it returns a promise, between two steps of a long loop. */
  turn(): Promise<void> | undefined
}

const slice = 4

/** In browsers a timer; in Node what does not wait a millisecond. */
const later: (callback: () => void) => unknown =
  (globalThis.setImmediate as typeof setImmediate | undefined) ?? ((callback) => setTimeout(callback, 0))

/** Measures with the machine's own time: it is about the thread, whatever an injected clock says. */
export function createYielding(): Yielding {
  let started = performance.now()
  return {
    turn() {
      if (performance.now() - started < slice) return undefined
      return new Promise((resolve) => {
        later(() => {
          started = performance.now()
          resolve()
        })
      })
    },
  }
}
