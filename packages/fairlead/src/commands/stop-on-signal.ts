import { print } from './print.ts'

/**
 * The first signal stops in order, once the start is over; the second one stops at once. A start that fails has nothing to be
 * stopped: whoever awaits it says so.
 */
export function stopOnSignal(starting: Promise<{ stop(): Promise<void> }>): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1)
    stopping = true
    print(`fairlead: ${signal}, stopping`)
    starting.then(end, () => undefined)
  }
  const end = (started: { stop(): Promise<void> }) =>
    started.stop().then(
      () => {
        print('fairlead: stopped')
        process.exit(0)
      },
      (error: unknown) => {
        console.error('fairlead: could not stop cleanly:', error)
        process.exit(1)
      },
    )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal))
}
