import { print } from './print.ts'

/** The first signal stops in order, once the start is over; the second one stops at once. */
export function stopOnSignal(starting: Promise<{ stop(): Promise<void> }>): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1)
    stopping = true
    print(`fairlead: ${signal}, stopping`)
    const stopped = starting.then((started) => started.stop())
    stopped.then(
      () => {
        print('fairlead: stopped')
        process.exit(0)
      },
      (error: unknown) => {
        console.error('fairlead: could not stop cleanly:', error)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal))
}
