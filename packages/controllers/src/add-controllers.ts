import type { Client } from '@fairlead/client'
import type { Manager, Runnable } from '@fairlead/controller-runtime'
import type { BuiltinController, ControllerEnvironment } from './builtin-controller.ts'

/** Where built-in controllers run. */
export interface ControllerHost {
  /** Its informers are shared by all of them. */
  readonly manager: Pick<Manager, 'add'>
  readonly environment: ControllerEnvironment
  /** What a controller writes with: a client that is this ServiceAccount of kube-system, or the controller manager. */
  clientFor(serviceAccount: string | undefined): Client
  /** Hears which controllers do not run for want of something. */
  onSkipped?(name: string): void
}

/** Adds controllers to a manager. They read through its informers and write each with a client of its own. */
export function addControllers(
  controllers: readonly BuiltinController[],
  { manager, environment, clientFor, onSkipped }: ControllerHost,
): void {
  for (const { name, serviceAccount, create } of controllers) {
    const runnables = create(environment)
    if (runnables === undefined) {
      onSkipped?.(name)
      continue
    }
    const client = clientFor(serviceAccount)
    for (const runnable of runnables) manager.add(withClient(runnable, client))
  }
}

function withClient({ name, start }: Runnable, client: Client): Runnable {
  return { name, start: (runtime, signal) => start({ ...runtime, client }, signal) }
}
