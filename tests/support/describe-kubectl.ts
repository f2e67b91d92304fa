import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import type { Release } from './command-line-tools.ts'
import type { FollowedCommand } from './follow-command.ts'
import { type Kubectl, kubectlFor } from './kubectl.ts'
import type { CommandOptions, CommandResult } from './run-command.ts'
import { startTestControlPlane, type TestControlPlane } from './test-control-plane.ts'

const releases: readonly Release[] = ['newest', 'oldest']

/** kubectl within one namespace. */
export interface NamespacedKubectl {
  /** Standard output; throws with everything that was printed when the exit code is not 0. */
  (...args: string[]): Promise<string>
  /** The object that a `get -o json` prints. */
  json(...args: string[]): Promise<KubectlObject>
  /** The same with standard input. */
  withInput(input: string, ...args: string[]): Promise<string>
  /** The result, whatever the exit code. */
  run(args: readonly string[], options?: CommandOptions): Promise<CommandResult>
  /** Starts a command that does not end by itself. */
  follow(...args: string[]): FollowedCommand
}

/** What the tests look at in an object that kubectl prints as JSON. */
export interface KubectlObject {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation?: number
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly finalizers?: readonly string[]
  }
  readonly items: readonly KubectlObject[]
  readonly data?: Readonly<Record<string, string>>
  readonly spec: unknown
  readonly status: unknown
}

export interface KubectlSuite {
  readonly release: Release
  /** kubectl 1.35; otherwise it is 1.22. */
  readonly newest: boolean
  readonly controlPlane: TestControlPlane
  /** kubectl without a namespace of its own. */
  readonly kubectl: Kubectl
  /** Creates a namespace and returns kubectl within it. */
  inNamespace(name: string): Promise<NamespacedKubectl>
  /** Writes a file into the control plane's folder and returns its path. */
  file(name: string, text: string): Promise<string>
}

/** Describes what every release of kubectl does with a control plane of its own. */
export function describeKubectl(title: string, define: (suite: KubectlSuite) => void): void {
  describe.concurrent.each(releases)(`${title}, %s kubectl`, (release) => {
    let controlPlane: TestControlPlane
    let kubectl: Kubectl
    beforeAll(async () => {
      controlPlane = await startTestControlPlane()
      kubectl = await kubectlFor(controlPlane, release)
    })
    afterAll(() => controlPlane.stop())
    define({
      release,
      newest: release === 'newest',
      get controlPlane() {
        return controlPlane
      },
      get kubectl() {
        return kubectl
      },
      async inNamespace(name) {
        await kubectl('create', 'namespace', name)
        return within(kubectl, name)
      },
      async file(name, text) {
        const path = join(controlPlane.folder, name)
        await writeFile(path, text)
        return path
      },
    })
  })
}

function within(kubectl: Kubectl, namespace: string): NamespacedKubectl {
  const call = (...args: string[]) => kubectl('--namespace', namespace, ...args)
  return Object.assign(call, {
    json: async (...args: string[]) => JSON.parse(await call('get', ...args, '-o', 'json')) as KubectlObject,
    withInput: (input: string, ...args: string[]) => kubectl.withInput(input, '--namespace', namespace, ...args),
    run: (args: readonly string[], options?: CommandOptions) =>
      kubectl.run(['--namespace', namespace, ...args], options),
    follow: (...args: string[]) => kubectl.follow('--namespace', namespace, ...args),
  })
}
