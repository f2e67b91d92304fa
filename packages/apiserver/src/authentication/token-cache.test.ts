import { createManualClock } from '@fairlead/storage/testing'
import { describe, expect, test } from 'vitest'
import type { TokenAuthenticator } from './authenticator.ts'
import { rememberTokens } from './token-cache.ts'

function harness(capacity?: number) {
  const clock = createManualClock()
  const asked: string[] = []
  const authenticate: TokenAuthenticator = async (token, audiences) => {
    asked.push([token, ...(audiences ?? [])].join(' '))
    if (token === 'broken') throw new Error('broken')
    return token === 'good' ? { user: { name: 'jane', groups: [] } } : undefined
  }
  const options = { clock, recognised: 10_000, unknown: 1000, ...(capacity === undefined ? {} : { capacity }) }
  return { clock, asked, remembered: rememberTokens(authenticate, options) }
}

describe('answers are remembered', () => {
  test('each for its time', async () => {
    const { clock, asked, remembered } = harness()
    for (const token of ['good', 'good', 'bad', 'bad']) await remembered(token)
    expect(asked).toEqual(['good', 'bad'])
    clock.advance(1000)
    for (const token of ['good', 'bad']) await remembered(token)
    expect(asked).toEqual(['good', 'bad', 'bad'])
    clock.advance(9000)
    expect((await remembered('good'))?.user.name).toBe('jane')
    expect(asked).toEqual(['good', 'bad', 'bad', 'good'])
  })

  test('for the same audiences only', async () => {
    const { asked, remembered } = harness()
    await remembered('good', ['a'])
    await remembered('good', ['b'])
    await remembered('good')
    expect(asked).toEqual(['good a', 'good b', 'good'])
  })

  test('failures are not', async () => {
    const { asked, remembered } = harness()
    for (let count = 0; count < 2; count++) await expect(remembered('broken')).rejects.toThrow('broken')
    expect(asked).toEqual(['broken', 'broken'])
  })

  test('who asks meanwhile waits for the same answer', async () => {
    const { asked, remembered } = harness()
    await Promise.all([remembered('good'), remembered('good')])
    expect(asked).toEqual(['good'])
  })

  test('the oldest goes when there are too many', async () => {
    const { asked, remembered } = harness(2)
    for (const token of ['a', 'b', 'c', 'b', 'a']) await remembered(token)
    expect(asked).toEqual(['a', 'b', 'c', 'a'])
  })
})
