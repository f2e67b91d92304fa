import { relative } from 'node:path'
import type { ControlPlaneOptions } from '../control-plane/options.ts'
import { type ControlPlane, startControlPlane } from '../control-plane/start-control-plane.ts'
import { createLogger, silentLogger } from '../logging/logger.ts'

export interface RunOptions {
  readonly options: ControlPlaneOptions
  readonly logLevel: string
  readonly kubeconfigPath?: string
}

/** Runs a control plane until a signal ends it, telling the terminal where it stands. */
export async function runControlPlane({ options, logLevel, kubeconfigPath }: RunOptions): Promise<void> {
  const started = performance.now()
  // Nobody has to read what it tells: without a listener, a closed pipe would end the process before it has stopped.
  process.stdout.on('error', () => {})
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

/** The first signal stops in order, once the start is over; the second one stops at once. */
function stopOnSignal(starting: Promise<ControlPlane>): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1)
    stopping = true
    print(`fairlead: ${signal}, stopping`)
    const stopped = starting.then((controlPlane) => controlPlane.stop())
    stopped.then(
      () => {
        print('fairlead: stopped')
        process.exit(0)
      },
      (error: unknown) => {
        console.error('fairlead: could not stop cleanly:', error)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal))
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

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
