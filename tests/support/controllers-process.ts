import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** `fairlead controllers` in a process of its own, from the build. */
export interface ControllersProcess {
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

const command = fileURLToPath(new URL('../../packages/fairlead/bin/fairlead.js', import.meta.url))

export function startControllersProcess(kubeconfig: string, flags: readonly string[] = []): ControllersProcess {
  const args = [command, 'controllers', '--kubeconfig', kubeconfig, ...flags]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
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
          else reject(new Error(`the controllers ended without "${text}":\n${printed}`))
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
