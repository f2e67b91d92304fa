import { ConnectionError, createClient, type Transport } from '@fairlead/client'
import { createManualClock } from '@fairlead/storage/testing'
import { expect, test } from 'vitest'
import { waitForApiServer } from './wait-for-api-server.ts'

/** A server that answers `/healthz` with these in turn, then with the last one. */
function server(...answers: readonly (number | 'away' | 'silent')[]) {
  const clock = createManualClock()
  let calls = 0
  const transport: Transport = async ({ signal }) => {
    const answer = answers[Math.min(calls, answers.length - 1)] ?? 200
    calls += 1
    if (answer === 'away') throw new ConnectionError('connect ECONNREFUSED', { unsent: true })
    if (answer === 'silent') {
      return await new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error))
      })
    }
    const text = async () => (answer === 200 ? 'ok' : 'etcd failed')
    const bytes = async () => new TextEncoder().encode(await text())
    return {
      status: answer,
      headers: {},
      text,
      bytes,
      body: (async function* () {
        yield await bytes()
      })(),
    }
  }
  const waiting = { settled: false }
  const ended = waitForApiServer(createClient(transport, { clock })).finally(() => {
    waiting.settled = true
  })
  ended.catch(() => undefined)
  return {
    ended,
    /** Lets time pass until it has ended. */
    async pass() {
      while (!waiting.settled) {
        await new Promise((resolve) => setImmediate(resolve))
        clock.advance(250)
      }
    },
  }
}

test.each([[[200]], [['away', 200]], [[500, 500, 200]], [['silent']]])('%j', async (answers) => {
  const { ended, pass } = server(...(answers as readonly number[]))
  await pass()
  if (answers.includes(200)) await ended
  else await expect(ended).rejects.toThrow('the API server is not well: it does not answer')
})

test('what it answered counts when the last look comes too late', async () => {
  const { ended, pass } = server(500, 500, 'silent')
  await pass()
  await expect(ended).rejects.toThrow('the API server is not well: /healthz answers 500: etcd failed')
})

test.each<[number | 'away', string]>([
  ['away', 'connect ECONNREFUSED'],
  [500, 'etcd failed'],
])('gives up after ten seconds: %j', async (answer, text) => {
  const { ended, pass } = server(answer)
  await pass()
  await expect(ended).rejects.toThrow(text)
})
