import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { kubectlFor } from './kubectl.ts'
import type { TestControlPlane } from './test-control-plane.ts'

const program = fileURLToPath(new URL('../../examples/sample-apiserver/dist/main.js', import.meta.url))

/**
 * The sample-apiserver of `examples/`, from the build and in a process of its own, behind the control plane. Resolves when
 * the control plane has found all its versions well.
 */
export async function startSampleServer(
  controlPlane: TestControlPlane,
  flags: readonly string[] = [],
): Promise<{ stop(): Promise<void> }> {
  const child = spawn(process.execPath, [program, ...flags], {
    env: { ...process.env, KUBECONFIG: controlPlane.kubeconfig },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  let printed = ''
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      printed += chunk.toString()
      if (printed.includes('is served at')) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('close', () => reject(new Error(`the sample server ended before it served:\n${printed}`)))
  })
  const kubectl = await kubectlFor(controlPlane, 'newest')
  for (const version of ['v1alpha1', 'v1beta1']) {
    await kubectl('wait', '--for=condition=Available', '--timeout=60s', 'apiservice', `${version}.wardle.example.com`)
  }
  return {
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
