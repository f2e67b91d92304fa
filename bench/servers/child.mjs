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
    run: (name, job) => answerTo(child, { name, job }, name),
  }
}

/** Sends a message and resolves to the result that answers it; `what` is to be done, for the error when it fails. */
function answerTo(child, message, what) {
  return new Promise((resolve, reject) => {
    const settle = (answer) => {
      child.off('message', settle).off('exit', settle)
      if (answer?.result === undefined) reject(new Error(`${what}: ${answer?.error ?? 'its process ended'}`))
      else resolve(answer.result)
    }
    child.on('message', settle).on('exit', settle)
    child.send(message)
  })
}

/** Runs a program of this folder in a process of its own that does one job and can collect its garbage. */
export async function runOnce(program, job, cleanup) {
  const child = fork(new URL(`../${program}`, import.meta.url), { execArgv: ['--expose-gc'] })
  const stop = cleanup.add(() => end(child))
  try {
    return await answerTo(child, job, program)
  } finally {
    await stop()
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
