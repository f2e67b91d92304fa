import { type InProcessTransport, type UserInfo } from '@fairlead/apiserver'
import { createClient } from '@fairlead/client'
import { createManager } from '@fairlead/controller-runtime'
import { selectControllers } from '@fairlead/controllers'
import type { Logger } from '../logging/logger.ts'

/**
 * Runs built-in controllers in this process, each as its own ServiceAccount of kube-system, with the rights that the
 * bootstrap policy gives it. Returns how to stop them, which resolves when what they had begun has ended.
 */
export function startControllers(
  list: readonly string[],
  options: { transport(user: UserInfo): InProcessTransport; readonly logger: Logger },
): () => Promise<void> {
  const { logger } = options
  const stopping = new AbortController()
  const running = selectControllers(list).map(async ({ name, serviceAccount, create }) => {
    const client = createClient(options.transport(serviceAccountUser(serviceAccount)), {
      userAgent: `fairlead/${name}`,
    })
    const manager = createManager({
      client,
      onError: (error, what) =>
        logger.error({ controller: name, what, err: error }, 'controller failed, and tries again'),
    })
    manager.add(create())
    await manager.run(stopping.signal)
  })
  return async () => {
    stopping.abort()
    await Promise.allSettled(running)
  }
}

function serviceAccountUser(name: string): UserInfo {
  return {
    name: `system:serviceaccount:kube-system:${name}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  }
}
