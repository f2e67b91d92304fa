import { type Clock, systemClock } from '@fairlead/apimachinery'
import { type Client, createClient, type Transport } from '@fairlead/client'
import { addControllers, type ControllerEnvironment, selectControllers } from '@fairlead/controllers'
import { createManager } from '@fairlead/controller-runtime'
import type { TestControlPlane } from './test-control-plane.ts'

/** Built-in controllers that a test runs beside a control plane, in an environment and a time of its own. */
export interface ControllersUnderTest {
  /** What failed and is tried again. */
  readonly errors: readonly unknown[]
  /** How many reconciles of a controller have succeeded. */
  succeeded(controller: string): number
  stop(): Promise<void>
}

/** Runs controllers, each with the rights that it has in a control plane. */
export function runControllers(
  { transport }: Pick<TestControlPlane, 'transport'>,
  list: readonly string[],
  { environment = {}, clock = systemClock }: { environment?: ControllerEnvironment; clock?: Clock } = {},
): ControllersUnderTest {
  const clientOf = (user: string): Client => createClient(impersonating(transport, user), { clock })
  const manager = 'system:kube-controller-manager'
  const errors: unknown[] = []
  const runtime = createManager({ client: clientOf(manager), onError: (error) => errors.push(error) })
  addControllers(selectControllers(list), {
    manager: runtime,
    environment,
    clientFor: (account) => clientOf(account === undefined ? manager : `system:serviceaccount:kube-system:${account}`),
  })
  const stopping = new AbortController()
  const running = runtime.run(stopping.signal)
  return {
    errors,
    succeeded(controller) {
      const line = `controller_runtime_reconcile_total{controller="${controller}",result="success"} `
      const found = runtime.metrics
        .render()
        .split('\n')
        .find((text) => text.startsWith(line))
      return found === undefined ? 0 : Number(found.slice(line.length))
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

function impersonating(transport: Transport, user: string): Transport {
  return (request) => transport({ ...request, headers: { ...request.headers, 'impersonate-user': user } })
}
