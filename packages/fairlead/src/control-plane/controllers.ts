import { setImmediate as nextTurn } from 'node:timers/promises'
import type { InProcessTransport, UserInfo } from '@fairlead/apiserver'
import { type Client, createClient } from '@fairlead/client'
import { LeadershipLostError } from '@fairlead/controller-runtime'
import { type ControllerEnvironment, selectControllers } from '@fairlead/controllers'
import { createControllerManager } from '../controller-manager/create-controller-manager.ts'
import { electionIdentity } from '../controller-manager/election-identity.ts'
import type { Logger } from '../logging/logger.ts'
import type { ControlPlaneOptions } from './options.ts'

/** What controllers in this process work with. */
export interface ControllersParts {
  transport(user: UserInfo): InProcessTransport
  readonly environment: ControllerEnvironment
  readonly logger: Logger
}

const authenticated = 'system:authenticated'
/** Reads for all controllers and holds the lease, as the bootstrap policy lets it. Some also write as it. */
const controllerManager: UserInfo = { name: 'system:kube-controller-manager', groups: [authenticated] }

/**
 * Runs built-in controllers in this process. They share informers and write each as its own ServiceAccount of kube-system,
 * with the rights that the bootstrap policy gives it. Returns how to stop them, which resolves when what they had begun has
 * ended.
 */
export function startControllers(
  options: Pick<ControlPlaneOptions, 'controllers' | 'leaderElection'>,
  { transport, environment, logger }: ControllersParts,
): () => Promise<void> {
  const controllers = selectControllers(options.controllers)
  const clientOf = (user: UserInfo, name: string): Client =>
    createClient(transport(user), { userAgent: `fairlead/${name}` })
  const election = options.leaderElection && { ...options.leaderElection, identity: electionIdentity() }
  const stopping = new AbortController()

  async function run(): Promise<void> {
    const manager = createControllerManager({
      controllers,
      client: clientOf(controllerManager, 'shared-informers'),
      clientFor: (serviceAccount) =>
        serviceAccount === undefined
          ? clientOf(controllerManager, 'kube-controller-manager')
          : clientOf(serviceAccountUser(serviceAccount), serviceAccount),
      environment,
      logger,
      ...(election !== undefined && { leaderElection: election }),
    })
    try {
      await manager.run(stopping.signal)
    } catch (error) {
      if (!(error instanceof LeadershipLostError)) throw error
      // The server goes on, so that what was under way has ended before this process may lead again.
      logger.error({ err: error }, 'the controllers have stopped, and wait for the lease')
      await run()
    }
  }
  // Whoever waits for the server gets it first.
  const running = nextTurn()
    .then(run)
    .catch((error: unknown) => {
      logger.error({ err: error }, 'the controllers have ended')
    })
  return async () => {
    stopping.abort()
    await running
  }
}

function serviceAccountUser(name: string): UserInfo {
  return {
    name: `system:serviceaccount:kube-system:${name}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', authenticated],
  }
}
