import { badRequest, notFound } from '@fairlead/apimachinery'
import { createManualClock, type ManualClock } from '@fairlead/storage/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { buildAuthenticator } from '../authentication/build-authenticator.ts'
import { authenticateTokenFile } from '../authentication/token-file.ts'
import type { Authorizer } from '../authorization/authorizer.ts'
import { alwaysAllow } from '../authorization/authorizers.ts'
import { RequestsInFlight } from '../filters/requests-in-flight.ts'
import type { ApiResponse, ByteSink } from '../request/api-response.ts'
import type { Handler, RequestContext } from '../request/request-context.ts'
import { textResponse } from '../request/responses.ts'
import { createInProcessTransport, type InProcessResponse, type InProcessTransport } from '../serving/in-process.ts'
import { buildHandlerChain, type HandlerChainOptions } from './handler-chain.ts'

const tokens = authenticateTokenFile('jane,jane,1,dev\nroot,root,2,system:masters')
const jane = { authorization: 'Bearer jane' }
let clock: ManualClock
let logged: { message: string; error: unknown }[]

beforeEach(() => {
  clock = createManualClock()
  logged = []
})

function serverOf(handler: Handler, options: Partial<HandlerChainOptions> = {}): InProcessTransport {
  const handle = buildHandlerChain(
    {
      clock,
      log: { error: (message, { error }) => logged.push({ message, error }) },
      authenticate: buildAuthenticator({ clock, tokens }),
      authorizer: alwaysAllow,
      inFlight: new RequestsInFlight(),
      newId: () => 'new-id',
      ...options,
    },
    handler,
  )
  return createInProcessTransport(handle)
}

const get = async (call: InProcessTransport, path: string, headers: Record<string, string> = jane) =>
  await call({ method: 'GET', path, headers })

async function status(response: InProcessResponse): Promise<unknown> {
  return JSON.parse(await response.text())
}

describe('headers of every response', () => {
  const call = (): InProcessTransport =>
    serverOf(({ info }) => {
      if (info.path === '/missing') throw notFound({ group: '', resource: 'pods' }, 'x')
      if (info.path === '/bug') throw new TypeError('boom')
      return textResponse('fine', info.path === '/own' ? { 'cache-control': 'public' } : {})
    })

  test.each(['/ok', '/missing'])('%s', async (path) => {
    expect((await get(call(), path)).headers).toMatchObject({
      'audit-id': 'new-id',
      'cache-control': 'no-cache, private',
    })
  })

  test('a handler may decide about caching', async () => {
    expect((await get(call(), '/own')).headers['cache-control']).toBe('public')
  })

  test('the client may name the audit id', async () => {
    expect((await get(call(), '/ok', { ...jane, 'audit-id': 'mine' })).headers['audit-id']).toBe('mine')
  })

  test('401 has them too', async () => {
    const answer = await get(call(), '/ok', {})
    expect([answer.status, answer.headers['audit-id'], answer.headers['cache-control']]).toEqual([
      401,
      'new-id',
      'no-cache, private',
    ])
    expect(await answer.text()).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}\n',
    )
  })

  test('a mistake in a handler is logged and not shown', async () => {
    const answer = await get(call(), '/bug')
    expect([answer.status, answer.headers['content-type'], answer.headers['audit-id']]).toEqual([
      500,
      'text/plain; charset=utf-8',
      'new-id',
    ])
    expect(await answer.text()).toBe('This request caused apiserver to panic. Look in the logs for details.\n')
    expect(logged).toEqual([{ message: 'request panicked', error: new TypeError('boom') }])
  })

  test('a verb prefix without a resource', async () => {
    const answer = await get(call(), '/api/v1/watch?<')
    expect([answer.status, answer.headers['audit-id']]).toEqual([500, 'new-id'])
    expect(await answer.text()).toBe(
      'Internal Server Error: "/api/v1/watch?&lt;": failed to create RequestInfo: unable to determine kind and namespace from url, /api/v1/watch?&lt;\n',
    )
  })

  test('transport security when it is wanted', async () => {
    const secure = serverOf(() => textResponse('x'), { strictTransportSecurity: ['max-age=31536000', 'preload'] })
    expect((await get(secure, '/')).headers['strict-transport-security']).toBe('max-age=31536000; preload')
    expect((await get(call(), '/ok')).headers['strict-transport-security']).toBeUndefined()
  })
})

describe('who is asking', () => {
  test('credentials do not reach the handler', async () => {
    let seen: RequestContext | undefined
    const call = serverOf((context) => {
      seen = context
      return textResponse('x')
    })
    await get(call, '/', { ...jane, 'x-remote-user': 'root', 'X-Other': 'y', 'x-remote-extra-scopes': 'z' })
    expect(seen?.user).toMatchObject({ name: 'jane', groups: ['dev', 'system:authenticated'] })
    expect(seen?.request.headers).toEqual({ 'x-other': 'y' })
  })

  test('an extra space before the token is warned about', async () => {
    const answer = await get(
      serverOf(() => textResponse('x')),
      '/healthz',
      { authorization: 'Bearer  jane' },
    )
    expect(answer.headers['warning']).toEqual([
      '299 - "the provided Authorization header contains extra space before the bearer token, and is ignored"',
    ])
  })

  test('the in-process user counts like any other', async () => {
    const handle = buildHandlerChain(
      {
        clock,
        log: { error: () => undefined },
        authenticate: buildAuthenticator({ clock }),
        authorizer: alwaysAllow,
        inFlight: new RequestsInFlight(),
      },
      ({ user }) => textResponse(`${user.name} ${user.groups.join()}`),
    )
    const call = createInProcessTransport(handle, { user: { name: 'controller', groups: ['system:masters'] } })
    expect(await (await call({ method: 'GET', path: '/' })).text()).toBe(
      'controller system:masters,system:authenticated',
    )
    expect((await createInProcessTransport(handle)({ method: 'GET', path: '/' })).status).toBe(401)
  })
})

describe('who may', () => {
  const authorizer: Authorizer = ({ user, verb }) => {
    if (verb === 'delete') throw new Error('no <idea>')
    return user.name === 'root' ? { decision: 'allow' } : { decision: 'no-opinion', reason: 'not root' }
  }
  const call = (): InProcessTransport => serverOf(() => textResponse('x'), { authorizer })

  test('403', async () => {
    const answer = await get(call(), '/api/v1/namespaces/x/secrets/y')
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(await status(answer)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'secrets "y" is forbidden: User "jane" cannot get resource "secrets" in API group "" in the namespace "x": not root',
      reason: 'Forbidden',
      details: { name: 'y', kind: 'secrets' },
      code: 403,
    })
    expect((await get(call(), '/', { authorization: 'Bearer root' })).status).toBe(200)
  })

  test('500 when an authorizer fails', async () => {
    const answer = await call()({ method: 'DELETE', path: '/api/v1/nodes/a?x=1', headers: jane })
    expect([answer.status, await answer.text()]).toEqual([
      500,
      'Internal Server Error: "/api/v1/nodes/a?x=1": no &lt;idea&gt;\n',
    ])
  })
})

describe('deadlines', () => {
  const never = new Promise<ApiResponse>(() => undefined)

  test('a request is given up after a minute, and its handler is told', async () => {
    let seen: RequestContext | undefined
    const call = serverOf((context) => {
      seen = context
      return never
    })
    const pending = get(call, '/api/v1/nodes/a')
    await settle()
    expect(seen?.deadline).toBe(clock.now() + 60_000)
    clock.advance(59_999)
    expect(seen?.signal.aborted).toBe(false)
    clock.advance(1)
    const answer = await pending
    expect([answer.status, answer.headers['content-type']]).toEqual([504, 'text/plain; charset=utf-8'])
    expect(await answer.text()).toBe(
      '{"metadata":{},"status":"Failure","message":"Timeout: request did not complete within the allotted timeout","reason":"Timeout","details":{},"code":504}\n',
    )
    expect(seen?.signal.aborted).toBe(true)
  })

  const asked: readonly (readonly [string, number | undefined])[] = [
    ['', 60_000],
    ['?timeout=', 60_000],
    ['?timeout=5s', 5_000],
    ['?timeout=0', 60_000],
    ['?timeout=-3s', 60_000],
    ['?timeout=2m', 60_000],
    ['?timeout=1500ms', 1_500],
    ['?watch&timeout=5s', undefined],
    ['?watch&timeout=x', undefined],
  ]
  test.each(asked)('nodes%s', async (query, milliseconds) => {
    let deadline: number | undefined
    await get(
      serverOf((context) => {
        ;({ deadline } = context)
        return textResponse('x')
      }),
      `/api/v1/nodes${query}`,
    )
    expect(deadline === undefined ? undefined : deadline - clock.now()).toBe(milliseconds)
  })

  test('a timeout that is none', async () => {
    const answer = await get(
      serverOf(() => never),
      '/api/v1/nodes?timeout=soon',
    )
    expect(await status(answer)).toMatchObject({
      code: 400,
      reason: 'BadRequest',
      message: 'invalid timeout specified in the request URL - time: invalid duration "soon"',
    })
  })

  test('a body that takes too long is broken off', async () => {
    const answer = await get(
      serverOf(() => ({ status: 200, headers: {}, body: () => new Promise<void>(() => undefined) })),
      '/api/v1/nodes',
    )
    expect(answer.status).toBe(200)
    const text = answer.text()
    await settle()
    clock.advance(60_000)
    await expect(text).rejects.toThrow('allotted timeout')
  })

  test('a response that comes too late is let go', async () => {
    let answerLate: (response: ApiResponse) => void = () => undefined
    let abandoned: boolean | undefined
    const call = serverOf(
      () =>
        new Promise((resolve) => {
          answerLate = resolve
        }),
    )
    const pending = get(call, '/api/v1/nodes')
    await settle()
    clock.advance(60_000)
    expect((await pending).status).toBe(504)
    answerLate({
      status: 200,
      headers: {},
      body: async (sink: ByteSink) => {
        abandoned = sink.signal.aborted
      },
    })
    await settle()
    expect(abandoned).toBe(true)
  })
})

describe('too many at a time', () => {
  const limited = { inFlightLimits: { readOnly: 1, mutating: 1 } }

  test('429 for the second, another kind and watches pass, masters always', async () => {
    const finish: (() => void)[] = []
    const call = serverOf(
      () =>
        new Promise((resolve) => {
          finish.push(() => resolve(textResponse('done')))
        }),
      limited,
    )
    const first = get(call, '/api/v1/nodes')
    await settle()
    const second = await get(call, '/api/v1/nodes/a')
    expect([second.status, second.headers['retry-after'], await second.text()]).toEqual([
      429,
      '1',
      'Too many requests, please try again later.\n',
    ])
    const others = [
      call({ method: 'POST', path: '/api/v1/nodes', headers: jane }),
      get(call, '/api/v1/nodes?watch'),
      get(call, '/api/v1/nodes', { authorization: 'Bearer root' }),
    ]
    await settle()
    for (const end of finish) end()
    expect((await Promise.all([first, ...others])).map((answer) => answer.status)).toEqual([200, 200, 200, 200])
  })

  test('a place is held until a streamed body has been written, or the handler has failed', async () => {
    let finish: () => void = () => undefined
    const call = serverOf(({ info }) => {
      if (info.name === 'bad') throw badRequest('no')
      return {
        status: 200,
        headers: {},
        body: () =>
          new Promise<void>((resolve) => {
            finish = resolve
          }),
      }
    }, limited)
    const streaming = await get(call, '/api/v1/nodes')
    expect((await get(call, '/api/v1/nodes/bad')).status).toBe(429)
    finish()
    await streaming.text()
    for (let round = 0; round < 3; round++) expect((await get(call, '/api/v1/nodes/bad')).status).toBe(400)
  })
})

describe('warnings', () => {
  test('those recorded before the headers go out are sent', async () => {
    const call = serverOf(({ warnings, info }) => {
      warnings.add('old')
      warnings.add('old')
      warnings.add('a "quote"')
      if (info.path === '/fail') throw badRequest('no')
      return textResponse('x')
    })
    for (const path of ['/', '/fail']) {
      expect((await get(call, path)).headers['warning']).toEqual(['299 - "old"', '299 - "a \\"quote\\""'])
    }
  })
})

describe('browsers of other origins', () => {
  const call = (): InProcessTransport => serverOf(() => textResponse('x'), { allowedOrigins: [/^https:\/\/ui\./] })

  test('a preflight needs no credentials', async () => {
    const answer = await call()({ method: 'OPTIONS', path: '/', headers: { origin: 'https://ui.example' } })
    expect([answer.status, answer.headers]).toEqual([
      204,
      expect.objectContaining({
        'access-control-allow-origin': 'https://ui.example',
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'Date',
      }),
    ])
  })

  test('other origins get no such headers', async () => {
    const headers = (await get(call(), '/', { ...jane, origin: 'https://evil.example' })).headers
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })
})

/** Lets everything run that waits for nothing but its turn. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
