import { relative } from 'node:path'
import type { ControlPlaneOptions } from '../control-plane/options.ts'
import { startControlPlane } from '../control-plane/start-control-plane.ts'
import { createLogger, silentLogger } from '../logging/logger.ts'
import { print } from './print.ts'
import { stopOnSignal } from './stop-on-signal.ts'

export interface RunOptions {
  readonly options: ControlPlaneOptions
  readonly logLevel: string
  readonly kubeconfigPath?: string
}

/** Runs a control plane until a signal ends it, telling the terminal where it stands. */
export async function runControlPlane({ options, logLevel, kubeconfigPath }: RunOptions): Promise<void> {
  const started = performance.now()
  const logger = logLevel === 'silent' ? silentLogger : await createLogger(logLevel)
  if (options.bindAddress !== '127.0.0.1' && options.bindAddress !== 'localhost' && options.bindAddress !== '::1') {
    logger.warn({ address: options.bindAddress }, 'listening beyond loopback')
  }
  print(`fairlead: starting (${storageText(options)})`)
  const starting = startControlPlane(options, {
    logger,
    ...(kubeconfigPath === undefined ? {} : { kubeconfigPath }),
  })
  stopOnSignal(starting)
  const controlPlane = await starting
  const sinceStart = Math.round(performance.now() - started)
  print(`fairlead: ready in ${sinceStart} ms at ${controlPlane.url}`)
  if (controlPlane.insecureUrl !== undefined) {
    console.error(
      `fairlead: WARNING: ${controlPlane.insecureUrl} is INSECURE: every program on this machine may do everything there`,
    )
  }
  print('')
  print(`  export KUBECONFIG=${shellPath(controlPlane.kubeconfigPath)}`)
  print('  kubectl get namespaces')
  print('')
  print('Ctrl-C stops it.')
}

function storageText({ storage, dataDir }: ControlPlaneOptions): string {
  return storage === 'memory' ? 'objects in memory, lost at the end' : `objects in ${dataDir}`
}

/** As the user would type it. */
function shellPath(path: string): string {
  const near = relative(process.cwd(), path)
  const shown = near.startsWith('..') ? path : `$PWD/${near}`
  return /[^\w./$-]/.test(shown) ? `"${shown}"` : shown
}
