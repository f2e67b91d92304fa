import { systemClock } from '@fairlead/apimachinery'
import { type ClusterAccess, inClusterAccess, loadKubeconfig } from '@fairlead/client/node'
import { selectControllers } from '@fairlead/controllers'
import type { Logger } from '../logging/logger.ts'
import { openClusterSigning } from './cluster-signing.ts'
import { startComponentServer } from './component-server.ts'
import { shownConfiguration } from './configuration.ts'
import { controllerClients } from './controller-clients.ts'
import { createControllerManager } from './create-controller-manager.ts'
import { electionIdentity } from './election-identity.ts'
import { readEnvironment } from './environment.ts'
import type { ControllerManagerOptions } from './options.ts'
import { runElected } from './run-elected.ts'
import { waitForApiServer } from './wait-for-api-server.ts'

/** Controllers of a process of their own. */
export interface ControllerManager {
  /** Where health and metrics are served. */
  readonly url?: string
  /** Rejects with what ended the controllers: with a LeadershipLostError at once when the lease is lost. */
  readonly ended: Promise<void>
  /** The controllers end what they have begun, then everything is closed. The lease runs out by itself, as upstream's does. */
  stop(): Promise<void>
}

export interface ControllerManagerHooks {
  readonly logger: Logger
  /** Called when this process begins to wait for the lease. */
  onWaiting?(identity: string): void
  /** Called when the controllers begin. */
  onLeading?(): void
}

/**
 * Runs built-in controllers against the API server of a kubeconfig. Resolves when that server is well and health is served
 * here; the controllers begin when this process holds the lease. What has been opened is closed when a later step fails.
 */
export async function startControllerManager(
  options: ControllerManagerOptions,
  hooks: ControllerManagerHooks,
): Promise<ControllerManager> {
  const { logger } = hooks
  const { kubeconfig, leaderElection, serving } = options
  const controllers = selectControllers(options.controllers)
  const access = await (kubeconfig === undefined ? accessOfPod() : loadKubeconfig({ path: kubeconfig }))
  const { legacyServiceAccountTokens, endpointBatchPeriods } = options
  const files = await readEnvironment(options.files, access)
  const signing = await openClusterSigning(options.clusterSigning, undefined, { clock: systemClock, logger })
  const environment = {
    ...files,
    ...signing.environment,
    legacyServiceAccountTokens,
    ...(endpointBatchPeriods !== undefined && { endpointBatchPeriods }),
  }
  const clients = controllerClients(access, {
    userAgent: `fairlead/${component}`,
    asServiceAccounts: options.useServiceAccountCredentials,
  })
  const { client, clientFor } = clients
  const close = (): void => {
    clients.close()
    signing.stop()
  }
  try {
    await waitForApiServer(client)
    const manager = createControllerManager({ controllers, client, clientFor, environment, logger })
    const server =
      serving &&
      (await startComponentServer({
        ...serving,
        name: component,
        client,
        metrics: () => manager.metrics.render(),
        configuration: shownConfiguration(options),
        logger,
      }))
    const stopping = new AbortController()
    const run = async (signal: AbortSignal): Promise<void> => {
      hooks.onLeading?.()
      await manager.run(signal)
    }
    const identity = electionIdentity()
    if (leaderElection !== undefined) hooks.onWaiting?.(identity)
    const ended =
      leaderElection === undefined
        ? run(stopping.signal)
        : runElected(run, { ...leaderElection, component, identity, client, manager, logger, signal: stopping.signal })
    return {
      ...(server !== undefined && { url: server.url }),
      ended,
      async stop() {
        stopping.abort()
        try {
          await ended.catch(() => undefined) // Told by `ended`.
          await server?.stop()
        } finally {
          close()
        }
      },
    }
  } catch (error) {
    close()
    throw error
  }
}

const component = 'kube-controller-manager'

async function accessOfPod(): Promise<ClusterAccess> {
  try {
    return await inClusterAccess()
  } catch (cause) {
    throw new Error(`${(cause as Error).message}; outside of a pod, name a kubeconfig with --kubeconfig`, { cause })
  }
}
