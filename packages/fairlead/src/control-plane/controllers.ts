import type { InProcessTransport, UserInfo } from '@fairlead/apiserver'
import { type Client, createClient, withoutManagedFields } from '@fairlead/client'
import { createManager } from '@fairlead/controller-runtime'
import { addControllers, type ControllerEnvironment, selectControllers } from '@fairlead/controllers'
import type { Logger } from '../logging/logger.ts'

/** What controllers in this process work with. */
export interface ControllersOptions {
  transport(user: UserInfo): InProcessTransport
  readonly environment: ControllerEnvironment
  readonly logger: Logger
}

const authenticated = 'system:authenticated'
/** Reads for all controllers; the bootstrap policy lets it list and watch everything. Some also write as it. */
const controllerManager: UserInfo = { name: 'system:kube-controller-manager', groups: [authenticated] }

/**
 * Runs built-in controllers in this process. They share informers and write each as its own ServiceAccount of kube-system,
 * with the rights that the bootstrap policy gives it. Returns how to stop them, which resolves when what they had begun has
 * ended.
 */
export function startControllers(list: readonly string[], options: ControllersOptions): () => Promise<void> {
  const { environment, logger } = options
  const clientOf = (user: UserInfo, name: string): Client =>
    createClient(options.transport(user), { userAgent: `fairlead/${name}` })
  const manager = createManager({
    client: clientOf(controllerManager, 'shared-informers'),
    transform: withoutManagedFields,
    onError: (error, what) => logger.error({ what, err: error }, 'a controller failed, and tries again'),
  })
  addControllers(selectControllers(list), {
    manager,
    environment,
    clientFor: (serviceAccount) =>
      serviceAccount === undefined
        ? clientOf(controllerManager, 'kube-controller-manager')
        : clientOf(serviceAccountUser(serviceAccount), serviceAccount),
    onSkipped: (controller) => logger.warn({ controller }, 'a controller does not run: it lacks what it needs'),
  })
  const stopping = new AbortController()
  const running = manager.run(stopping.signal).catch((error: unknown) => {
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
