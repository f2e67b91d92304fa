import { setImmediate as turn } from 'node:timers/promises'
import { type Client, ConnectionError, createClient, type TransportResponse } from '@fairlead/client'
import { createManualClock, type ManualClock } from '@fairlead/storage/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { response } from './faulty-server.ts'

type Answer = TransportResponse | Error

let clock: ManualClock
let calls: string[]
beforeEach(() => {
  clock = createManualClock()
  calls = []
})

/** A client of a server that answers with the first of `answers`, then the second, and at last ever the same. */
function clientOf(...answers: (() => Answer)[]): Client {
  return createClient(
    ({ method }) => {
      calls.push(method)
      const answer = (answers.length > 1 ? answers.shift() : answers[0])?.() ?? new Error('no answer')
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
    { clock, maxRetries: 3 },
  )
}

const busy = (code: number, retryAfter?: string) => () =>
  response(code, [], retryAfter === undefined ? {} : { 'retry-after': retryAfter })
const done = () => response(200, [new TextEncoder().encode('{"done":true}')])
const broken = (unsent: boolean) => () => new ConnectionError('broken', { unsent })

async function settle(): Promise<void> {
  for (let left = 10; left > 0; left -= 1) await turn()
}

describe('a call that is answered with Retry-After', () => {
  test.each([
    [429, 'GET'],
    [429, 'POST'],
    [503, 'POST'],
  ])('%i is sent again after that time: %s', async (code, method) => {
    const answer = clientOf(busy(code, '7'), done).request({ method, path: '/' })
    await settle()
    clock.advance(6_999)
    await settle()
    expect(calls).toEqual([method])
    clock.advance(1)
    expect(await answer).toEqual({ done: true })
    expect(calls).toEqual([method, method])
  })

  test('is given up after as many retries as were asked for', async () => {
    const answer = clientOf(busy(429, '1')).request({ path: '/' })
    const error = answer.catch((thrown: unknown) => thrown)
    for (let second = 0; second < 20; second += 1) {
      await settle()
      clock.advance(1_000)
    }
    expect(await error).toMatchObject({ code: 429 })
    expect(calls.length).toBe(4)
  })

  test('ends its waiting with its signal', async () => {
    const ending = new AbortController()
    const answer = clientOf(busy(429, '100')).request({ path: '/', signal: ending.signal })
    const error = answer.catch((thrown: unknown) => thrown)
    await settle()
    const reason = new Error('enough')
    ending.abort(reason)
    expect(await error).toBe(reason)
  })
})

describe('a call that is not sent again', () => {
  test.each<[string, string, () => Answer, object]>([
    ['429 without Retry-After', 'GET', busy(429), { code: 429 }],
    ['500 without Retry-After', 'GET', busy(500), { code: 500 }],
    ['409, whatever its headers', 'PUT', busy(409, '1'), { code: 409 }],
    ['a write whose connection broke', 'POST', broken(false), { message: 'broken' }],
    ['a deletion whose connection broke', 'DELETE', broken(false), { message: 'broken' }],
  ])('%s', async (_, method, answer, expected) => {
    await expect(clientOf(answer).request({ method, path: '/' })).rejects.toMatchObject(expected)
    expect(calls).toEqual([method])
  })
})

describe('a call whose connection broke', () => {
  test.each<[string, string, boolean]>([
    ['a write that was not sent', 'POST', true],
    ['a read', 'GET', false],
  ])('is sent again: %s', async (_, method, unsent) => {
    const answer = clientOf(broken(unsent), done).request({ method, path: '/' })
    await settle()
    clock.advance(1_000)
    expect(await answer).toEqual({ done: true })
  })
})
