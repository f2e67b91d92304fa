import { join } from 'node:path'
import { commandLineTools, type Release } from './command-line-tools.ts'
import { type FollowedCommand, followCommand } from './follow-command.ts'
import { type CommandOptions, type CommandResult, runCommand } from './run-command.ts'
import type { TestControlPlane } from './test-control-plane.ts'

/** Runs the real kubectl against the server of a kubeconfig. */
export interface Kubectl {
  /** The result, whatever the exit code. */
  run(args: readonly string[], options?: CommandOptions): Promise<CommandResult>
  /** Standard output; throws with everything that was printed when the exit code is not 0. */
  (...args: string[]): Promise<string>
  /** The same with standard input. */
  withInput(input: string, ...args: string[]): Promise<string>
  /** Starts a command that does not end by itself. */
  follow(...args: string[]): FollowedCommand
}

/** `folder` holds kubectl's own caches. */
export async function kubectlFor(
  { kubeconfig, folder }: Pick<TestControlPlane, 'kubeconfig' | 'folder'>,
  release: Release,
): Promise<Kubectl> {
  const { kubectl } = await commandLineTools(release)
  const env = { KUBECONFIG: kubeconfig, HOME: join(folder, release), KUBE_EDITOR: '' }
  const run = (args: readonly string[], options: CommandOptions = {}) =>
    runCommand(kubectl, args, { ...options, env: { ...env, ...options.env } })
  const checked = async (args: readonly string[], options: CommandOptions = {}) => {
    const result = await run(args, options)
    if (result.code !== 0)
      throw new Error(`kubectl ${args.join(' ')} exited ${result.code}\n${result.stdout}${result.stderr}`)
    return result.stdout
  }
  return Object.assign((...args: string[]) => checked(args), {
    run,
    withInput: (input: string, ...args: string[]) => checked(args, { input }),
    follow: (...args: string[]) => followCommand(kubectl, args, env),
  })
}
