import { spawn } from 'node:child_process'

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Sent to standard input. */
  readonly input?: string
  readonly cwd?: string
  /** Ends the command when aborted; what it printed so far is returned. */
  readonly signal?: AbortSignal
}

/** Runs a program to its end. Does not throw for an exit code. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(file, args, { env: { ...process.env, ...options.env }, cwd: options.cwd, stdio: 'pipe' })
  const stop = () => child.kill('SIGTERM')
  options.signal?.addEventListener('abort', stop)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin.on('error', () => {
    // A program that ends before it has read its input closes the pipe; its exit code tells what happened.
  })
  child.stdin.end(options.input ?? '')
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve(exitCode ?? -1))
  })
  options.signal?.removeEventListener('abort', stop)
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
}
