import { LeadershipLostError } from '@fairlead/controller-runtime'
import type { ControllerManagerOptions } from '../controller-manager/options.ts'
import { startControllerManager } from '../controller-manager/start-controller-manager.ts'
import { createLogger, silentLogger } from '../logging/logger.ts'
import { print } from './print.ts'
import { stopOnSignal } from './stop-on-signal.ts'

/** Runs controllers until a signal ends them, telling the terminal where they stand. Losing the lease ends the process. */
export async function runControllerManager(options: ControllerManagerOptions, logLevel: string): Promise<void> {
  const logger = logLevel === 'silent' ? silentLogger : await createLogger(logLevel)
  const { leaderElection } = options
  print(`fairlead: starting controllers`)
  const starting = startControllerManager(options, {
    logger,
    onWaiting(identity) {
      print(`fairlead: ${identity} waits for the lease ${leaderElection?.namespace}/${leaderElection?.name}`)
    },
    onLeading: () => print('fairlead: controllers are running'),
  })
  stopOnSignal(starting)
  const { url, ended } = await starting
  if (url !== undefined) print(`fairlead: health and metrics at ${url}`)
  try {
    await ended
  } catch (error) {
    if (!(error instanceof LeadershipLostError)) throw error
    // What the controllers have under way may not go on beside another leader's work.
    console.error('fairlead: leaderelection lost')
    process.exit(1)
  }
}
