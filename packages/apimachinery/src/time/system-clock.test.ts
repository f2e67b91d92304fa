import { expect, test } from 'vitest'
import { systemClock } from './system-clock.ts'

test('tells the time of the machine', () => {
  const before = Date.now()
  const now = systemClock.now()
  expect(now).toBeGreaterThanOrEqual(before)
  expect(now).toBeLessThanOrEqual(Date.now())
})

test('calls back once, and not when cancelled', async () => {
  const calls: string[] = []
  const cancel = systemClock.after(0, () => calls.push('cancelled'))
  cancel()
  systemClock.after(2 ** 31, () => calls.push('far too early'))()
  const keepAlive = setTimeout(() => undefined, 60_000)
  await new Promise<void>((resolve) => {
    systemClock.after(1, () => {
      calls.push('called')
      resolve()
    })
  })
  clearTimeout(keepAlive)
  expect(calls).toEqual(['called'])
})
