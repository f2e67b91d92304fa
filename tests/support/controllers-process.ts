import { fileURLToPath } from 'node:url'
import { type WatchedProcess, watchProcess } from './watch-process.ts'

/** `fairlead controllers` in a process of its own, from the build. */
export type ControllersProcess = WatchedProcess

const command = fileURLToPath(new URL('../../packages/fairlead/bin/fairlead.js', import.meta.url))

export function startControllersProcess(kubeconfig: string, flags: readonly string[] = []): ControllersProcess {
  return watchProcess(process.execPath, [command, 'controllers', '--kubeconfig', kubeconfig, ...flags])
}
