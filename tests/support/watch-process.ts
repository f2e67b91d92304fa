import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A program that runs beside a test. */
export interface WatchedProcess {
  /** Standard output and standard error so far. */
  output(): string
  /** Resolves when a text has been printed; rejects when the process has ended without it. */
  prints(text: string): Promise<void>
  readonly running: boolean
  /** Resolves with the exit code or the name of the signal. */
  readonly ended: Promise<number | string>
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | string>
}

export function watchProcess(file: string, args: readonly string[]): WatchedProcess {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  let hasEnded = false
  const waiting = new Set<() => void>()
  const look = (): void => {
    for (const check of waiting) check()
  }
  const onOutput = (chunk: Buffer): void => {
    printed += chunk.toString()
    look()
  }
  child.stdout.on('data', onOutput)
  child.stderr.on('data', onOutput)
  // 'close' comes when everything that was printed has been read.
  const ended = once(child, 'close').then(([code, signal]) => {
    hasEnded = true
    look()
    return (code ?? signal) as number | string
  })
  return {
    output: () => printed,
    prints: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!printed.includes(text) && !hasEnded) return
          waiting.delete(check)
          if (printed.includes(text)) resolve()
          else reject(new Error(`${file} ended without "${text}":\n${printed}`))
        }
        waiting.add(check)
        check()
      }),
    get running() {
      return child.exitCode === null && child.signalCode === null
    },
    ended,
    end(signal) {
      child.kill(signal)
      return ended
    },
  }
}
