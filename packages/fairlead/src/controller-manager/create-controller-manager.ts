import { type Client, withoutManagedFields } from '@fairlead/client'
import { createManager, type Manager, type ManagerOptions } from '@fairlead/controller-runtime'
import { addControllers, type BuiltinController, type ControllerEnvironment } from '@fairlead/controllers'
import type { Logger } from '../logging/logger.ts'

/** What built-in controllers work with, in the process of the server as in one of their own. */
export interface ControllerManagerParts extends Pick<ManagerOptions, 'leaderElection'> {
  readonly controllers: readonly BuiltinController[]
  /** Reads for all of them, and holds the lease. */
  readonly client: Client
  /** What the controller with this ServiceAccount, or with none, writes with. */
  clientFor(serviceAccount: string | undefined): Client
  readonly environment: ControllerEnvironment
  readonly logger: Logger
}

/** A manager with built-in controllers over shared informers. */
export function createControllerManager(parts: ControllerManagerParts): Manager {
  const { controllers, client, clientFor, environment, logger, leaderElection } = parts
  const manager = createManager({
    client,
    transform: withoutManagedFields,
    onError: (error, what) => logger.error({ what, err: error }, 'a controller failed, and tries again'),
    ...(leaderElection !== undefined && { leaderElection }),
  })
  addControllers(controllers, {
    manager,
    environment,
    clientFor,
    onSkipped: (controller) => logger.warn({ controller }, 'a controller does not run: it lacks what it needs'),
  })
  return manager
}
