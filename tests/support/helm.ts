import { join } from 'node:path'
import { commandLineTools, type Release } from './command-line-tools.ts'
import { type CommandResult, runCommand } from './run-command.ts'
import type { TestControlPlane } from './test-control-plane.ts'

/** Runs the real helm against a control plane. */
export interface Helm {
  /** Standard output; throws with everything that was printed when the exit code is not 0. */
  (...args: string[]): Promise<string>
  /** The result, whatever the exit code. */
  run(args: readonly string[]): Promise<CommandResult>
}

/** The caches and settings of helm go into the control plane's folder. */
export async function helmFor(controlPlane: TestControlPlane, release: Release): Promise<Helm> {
  const { helm } = await commandLineTools(release)
  const home = join(controlPlane.folder, release)
  const env = {
    KUBECONFIG: controlPlane.kubeconfig,
    HOME: home,
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
  }
  const run = (args: readonly string[]) => runCommand(helm, args, { env })
  return Object.assign(
    async (...args: string[]) => {
      const result = await run(args)
      if (result.code !== 0) {
        throw new Error(`helm ${args.join(' ')} exited ${result.code}\n${result.stdout}${result.stderr}`)
      }
      return result.stdout
    },
    { run },
  )
}
