import { fork, spawn } from 'node:child_process'

/**
 * Starts Node with `args` and resolves when a line of its output matches `ready`, with the match, the process and
 * `stop()`, which waits until it is gone. What a process prints to its standard error is shown when it fails to start.
 */
export function startNode(args, { ready, cleanup, timeout = 20_000 }) {
  const started = performance.now()
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  })
  const stop = cleanup.add(() => end(child))
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (why) => {
      clearTimeout(timer)
      stop().then(() => reject(new Error(`${args[0]} ${why}\n${output.slice(-2000)}`)), reject)
    }
    const timer = setTimeout(() => fail(`is not ready after ${timeout} ms`), timeout)
    child.stderr.on('data', (data) => {
      output += data
    })
    child.stdout.on('data', (data) => {
      output += data
      const match = ready.exec(output)
      if (!match) return
      clearTimeout(timer)
      output = ''
      resolve({ match, pid: child.pid, started, stop })
    })
    child.once('exit', (code, signal) => fail(`ended with ${signal ?? code}`))
  })
}

/** Starts the process that sends load. `run(name, job)` resolves to the job's result. */
export function startLoadGenerator(cleanup) {
  const child = fork(new URL('../load-generator.mjs', import.meta.url), { serialization: 'advanced' })
  cleanup.add(() => end(child))
  return {
    run: (name, job) =>
      new Promise((resolve, reject) => {
        const settle = (message) => {
          child.off('message', settle).off('exit', settle)
          if (message?.result === undefined)
            reject(new Error(`${name}: ${message?.error ?? 'the load generator ended'}`))
          else resolve(message.result)
        }
        child.on('message', settle).on('exit', settle)
        child.send({ name, job })
      }),
  }
}

/** Asks a process to end, and insists after three seconds. */
function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 3000)
    child.removeAllListeners('exit')
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGTERM')
  })
}
