import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A program that runs on while its output is read. */
export interface FollowedCommand {
  /** The next line of standard output. Throws with what was printed to standard error when the program ended first. */
  next(): Promise<string>
  /** Ends the program. */
  stop(): Promise<void>
}

export function followCommand(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): FollowedCommand {
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  return {
    async next() {
      const { value, done } = await lines.next()
      if (done) throw new Error(`${args.join(' ')} ended: ${errors}`)
      return value
    },
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
