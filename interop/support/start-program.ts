import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/** A server of somebody else's that runs beside the tests. */
export interface Program {
  /** What it has printed so far. */
  output(): string
  /** Asks it to end, and waits. */
  stop(): Promise<void>
}

/** How long a program may take until it is ready, in milliseconds. */
const patience = 60_000

/**
 * Starts a program; resolves when `ready` says so, which is asked again and again. Throws what it printed if it ends or
 * does not get ready.
 */
export async function startProgram(
  file: string,
  args: readonly string[],
  ready: () => Promise<boolean>,
): Promise<Program> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  const keep = (chunk: Buffer): void => {
    printed += chunk.toString()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = once(child, 'exit')
  const started = Date.now()
  while (!(await ready().catch(() => false))) {
    if (hasEnded(child)) throw new Error(`${file} ended before it was ready:\n${printed}`)
    if (Date.now() - started > patience) {
      child.kill('SIGKILL')
      throw new Error(`${file} does not get ready:\n${printed}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return {
    output: () => printed,
    async stop() {
      if (!hasEnded(child)) child.kill('SIGTERM')
      await ended
    },
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** A port of loopback that nobody listens on; for programs that cannot tell which one they picked. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
