import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a server holds after garbage collection, in bytes. */
export interface MemoryUse {
  readonly heapUsed: number
  readonly external: number
  readonly arrayBuffers: number
  readonly rss: number
}

/** `fairlead up` in a process of its own, from the build. */
export interface ServerProcess {
  readonly kubeconfig: string
  /** Collects garbage in the server and tells what is left. */
  memory(): Promise<MemoryUse>
  /** Standard output and standard error so far. */
  output(): string
  readonly running: boolean
  /** Sends a signal and waits for the end; returns the exit code, or the name of the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | string>
  /** Sends a signal without waiting. */
  signal(signal: NodeJS.Signals): void
  /** Resolves with the exit code or the name of the signal. */
  readonly ended: Promise<number | string>
}

const command = fileURLToPath(new URL('../../packages/fairlead/bin/fairlead.js', import.meta.url))
const memoryProbe = new URL('testdata/memory-probe.mjs', import.meta.url).href

/** Starts a server on a free port of loopback with its data in `folder`; resolves when it says that it is ready. */
export async function startServerProcess(folder: string, flags: readonly string[] = []): Promise<ServerProcess> {
  const args = ['--expose-gc', '--import', memoryProbe, command, 'up', '--secure-port', '0', '--data-dir', folder]
  const child = spawn(process.execPath, [...args, ...flags], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let printed = ''
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string)
  await new Promise<void>((resolve, reject) => {
    const onOutput = (chunk: Buffer): void => {
      printed += chunk.toString()
      if (printed.includes('fairlead: ready')) resolve()
    }
    child.stdout?.on('data', onOutput)
    child.stderr?.on('data', onOutput)
    child.on('error', reject)
    child.on('close', () => reject(new Error(`the server ended before it was ready:\n${printed}`)))
  })
  return {
    kubeconfig: join(folder, 'kubeconfig'),
    memory: () => askMemory(child),
    output: () => printed,
    get running() {
      return child.exitCode === null && child.signalCode === null
    },
    end(signal) {
      child.kill(signal)
      return ended
    },
    signal: (signal) => void child.kill(signal),
    ended,
  }
}

async function askMemory(child: ChildProcess): Promise<MemoryUse> {
  child.send('memory')
  const [use] = (await once(child, 'message')) as [MemoryUse]
  return use
}
