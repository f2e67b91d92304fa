import { type ChildProcess, spawn } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** How often files are looked at, in milliseconds: file systems do not tell of every change in the same way. */
const interval = 300

/**
 * Runs a command, and anew whenever a file below a folder changes; a command that ends by itself is started by the next
 * change. Resolves with its exit status when a signal has ended it.
 */
export async function watchSources(folder: string, command: readonly string[], name: string): Promise<number> {
  const [file = '', ...args] = command
  const stopping = new AbortController()
  let seen = await stateOf(folder)
  let child = start()
  let restarting = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping.abort()
      child.process.kill('SIGTERM')
    })
  }
  while (!stopping.signal.aborted) {
    await pause(interval, undefined, { signal: stopping.signal }).catch(() => undefined)
    const state = await stateOf(folder)
    if (state === seen || stopping.signal.aborted) continue
    seen = state
    restarting = true
    child.process.kill('SIGTERM')
    await child.ended
    restarting = false
    console.error(`${name}: ${folder} has changed, starting anew`)
    if (!stopping.signal.aborted) child = start()
  }
  return await child.ended

  function start(): { readonly process: ChildProcess; readonly ended: Promise<number> } {
    // In a group of its own: what a terminal sends to all of a group it gets from here, once.
    const detached = process.platform !== 'win32'
    const started = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'], detached })
    const ended = new Promise<number>((resolve) => {
      started.on('error', (error) => {
        console.error(`${name}: ${error.message}`)
        resolve(1)
      })
      started.on('close', (code) => resolve(code ?? 1))
    })
    void ended.then((code) => {
      if (!restarting && !stopping.signal.aborted) {
        console.error(`${name}: ended with status ${code}, waiting for a change in ${folder}`)
      }
    })
    return { process: started, ended }
  }
}

/** Another text when a file was added, removed or written. */
async function stateOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true })
  const states = entries
    .filter((entry) => !entry.split('/').some((part) => part === 'node_modules' || part.startsWith('.')))
    .sort()
    .map(async (entry) => {
      // A file that goes away meanwhile is a change that the next look sees.
      const found = await stat(join(folder, entry)).catch(() => undefined)
      return found?.isFile() === true ? `${entry} ${found.mtimeMs} ${found.size}` : ''
    })
  return (await Promise.all(states)).join('\n')
}
