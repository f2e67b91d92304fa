import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pause } from '@fairlead/openapi'

/** Run of work after which the event loop gets its turn, in milliseconds; what is under way then still ends. */
const slice = 3

/** A pause for one long piece of work from its start to its end, so that watches and other requests keep their latency. */
export function takeTurns(): Pause {
  let started = performance.now()
  return () => {
    if (performance.now() - started <= slice) return undefined
    return nextTurn().then(() => {
      started = performance.now()
    })
  }
}
