import { Duplex } from 'node:stream'
import { createManualClock } from '@fairlead/storage/testing'
import { expect, test } from 'vitest'
import { buildAuthenticator } from '../authentication/build-authenticator.ts'
import { alwaysAllow } from '../authorization/authorizers.ts'
import { RequestsInFlight } from '../filters/requests-in-flight.ts'
import type { ApiRequest } from '../request/api-request.ts'
import type { ByteSink } from '../request/api-response.ts'
import type { Handler, RequestContext } from '../request/request-context.ts'
import { textResponse } from '../request/responses.ts'
import { emptyBody } from '../serving/request-body.ts'
import { buildHandlerChain } from './handler-chain.ts'

const request: ApiRequest = {
  method: 'GET',
  rawPath: '/apis/machines.example.com/v1/namespaces/default/machines/a/console',
  path: '/apis/machines.example.com/v1/namespaces/default/machines/a/console',
  rawQuery: '',
  query: new URLSearchParams(),
  headers: {},
  protocol: 'HTTP/1.1',
  body: emptyBody,
  signal: new AbortController().signal,
  remoteAddress: '127.0.0.1',
  upgrade: {
    protocol: 'websocket',
    accept: () => ({ socket: new Duplex(), head: new Uint8Array() }),
  },
}

const sink: ByteSink = {
  write: () => true,
  drained: () => Promise.resolve(),
  buffered: 0,
  signal: new AbortController().signal,
}

function chainOf(handler: Handler) {
  const clock = createManualClock()
  const inFlight = new RequestsInFlight()
  const handle = buildHandlerChain(
    {
      clock,
      log: { error: () => undefined },
      authenticate: buildAuthenticator({ clock, anonymous: { enabled: true } }),
      authorizer: alwaysAllow,
      inFlight,
      inFlightLimits: { readOnly: 1, mutating: 1 },
    },
    handler,
  )
  return { clock, inFlight, handle }
}

test('a connection that is taken over has no deadline and no place, and is told when the server stops', async () => {
  const seen: RequestContext[] = []
  let hangUp = (): void => undefined
  const { clock, inFlight, handle } = chainOf((context) => {
    seen.push(context)
    if (context.request.method === 'POST') return textResponse('plain')
    context.request.upgrade?.accept()
    const body = (): Promise<void> =>
      new Promise((resolve) => {
        hangUp = resolve
      })
    return Promise.resolve({ status: 101, headers: {}, upgraded: true, body })
  })
  const answers = [await handle(request), await handle(request)]
  expect(answers.map(({ status }) => status)).toEqual([101, 101])
  const [said] = answers.map(({ body }) => (typeof body === 'function' ? body(sink) : undefined))
  expect([inFlight.short, inFlight.long]).toEqual([0, 2])
  expect(await handle({ ...request, method: 'POST' })).toMatchObject({ status: 200 })
  expect([inFlight.short, inFlight.long]).toEqual([0, 2])

  clock.advance(3_600_000)
  expect(seen[0]?.signal.aborted).toBe(false)
  inFlight.endLong()
  expect(seen[0]?.signal.aborted).toBe(true)
  hangUp()
  await expect.poll(() => inFlight.long).toBe(1)
  expect(said).toBeInstanceOf(Promise)
})

test('until it is taken over, the request is one like others', async () => {
  let signal: AbortSignal | undefined
  const { clock, inFlight, handle } = chainOf((context) => {
    ;({ signal } = context)
    return new Promise(() => undefined)
  })
  const waiting = handle(request)
  await expect.poll(() => signal).toBeDefined()
  expect([inFlight.short, inFlight.long]).toEqual([1, 0])
  expect((await handle(request)).status).toBe(429)
  clock.advance(60_000)
  expect((await waiting).status).toBe(504)
  expect(signal?.aborted).toBe(true)
})
