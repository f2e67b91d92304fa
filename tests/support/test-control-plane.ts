import { join } from 'node:path'
import {
  type ControlPlane,
  type ControlPlaneHooks,
  type ControlPlaneOptions,
  defaultControlPlaneOptions,
  startControlPlane,
} from 'fairlead'
import { temporaryFolder } from './temporary-folder.ts'

export interface TestControlPlane extends ControlPlane {
  readonly folder: string
  readonly kubeconfig: string
}

/** A real control plane on a free port of loopback, in a folder of its own. `stop` also removes the folder. */
export async function startTestControlPlane(
  options: Partial<ControlPlaneOptions> = {},
  hooks: ControlPlaneHooks = {},
): Promise<TestControlPlane> {
  const folder = await temporaryFolder()
  const controlPlane = await startControlPlane(
    {
      ...defaultControlPlaneOptions,
      securePort: 0,
      storage: 'memory',
      dataDir: folder.path,
      ...options,
    },
    hooks,
  )
  return {
    ...controlPlane,
    folder: folder.path,
    kubeconfig: join(folder.path, 'kubeconfig'),
    async stop() {
      await controlPlane.stop()
      await folder.remove()
    },
  }
}
