import { sleep } from '@fairlead/client'
import type { ControllerRuntime, Runnable } from '@fairlead/controller-runtime'

/** Does something at once and then again after each interval (milliseconds). What fails is done again next time. */
export function periodicTask(
  name: string,
  interval: number,
  task: (runtime: ControllerRuntime, signal: AbortSignal) => Promise<void>,
): Runnable {
  return {
    name,
    async start(runtime, signal) {
      const { clock } = runtime.client.times
      while (!signal.aborted) {
        await task(runtime, signal).catch((error: unknown) => {
          if (!signal.aborted) runtime.onError(error, name)
        })
        await sleep(clock, interval, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error
        })
      }
    },
  }
}
