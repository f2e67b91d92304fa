import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isRunning, ownIdentity } from './process-identity.ts'

test('this process runs', () => {
  expect(isRunning(ownIdentity())).toBe(true)
})

test('a process that has exited does not run', async () => {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  expect(isRunning({ pid: child.pid ?? 0, started: '' })).toBe(false)
})

test.skipIf(process.platform === 'win32')('another process with the same number is another process', () => {
  expect(isRunning({ pid: process.pid, started: 'long ago' })).toBe(false)
})

test.each([0, -1, 1.5, Number.NaN])('%d is no process', (pid) => {
  expect(isRunning({ pid, started: '' })).toBe(false)
})
