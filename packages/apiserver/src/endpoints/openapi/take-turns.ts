import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pause } from '@fairlead/openapi'

/** Longest run of work between two turns of the event loop, in milliseconds. */
const slice = 4

/** A pause for one long piece of work, so that watches and other requests keep their latency meanwhile. */
export function takeTurns(): Pause {
  let started = performance.now()
  return () => {
    if (performance.now() - started <= slice) return undefined
    return nextTurn().then(() => {
      started = performance.now()
    })
  }
}
