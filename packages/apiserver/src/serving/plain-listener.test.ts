import { request as httpRequest } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { buildAuthenticator } from '../authentication/build-authenticator.ts'
import { unsecuredUser } from '../authentication/well-known-users.ts'
import { alwaysAllow } from '../authorization/authorizers.ts'
import { textResponse } from '../request/responses.ts'
import { type ApiServer, createApiServer } from '../server/create-api-server.ts'
import { systemClock } from '@fairlead/apimachinery'
import { isLoopbackHost } from './loopback-guard.ts'
import { receive, requestHttp2 } from './testing/http-client.ts'
import { acceptWebSocket, isWebSocketRequest } from './websocket.ts'

let server: ApiServer
let port: number

beforeAll(async () => {
  server = createApiServer({
    clock: systemClock,
    log: { error: () => {} },
    authenticate: buildAuthenticator({ clock: systemClock }),
    authorizer: alwaysAllow,
    handlers: [
      async ({ request, user }) => {
        if (isWebSocketRequest(request)) {
          const socket = await acceptWebSocket(request)
          socket.send(user.name)
          await new Promise((resolve) => socket.on('close', resolve))
          return { status: 101, headers: {}, upgraded: true }
        }
        const body = Buffer.from(await request.body.bytes(100)).toString()
        return textResponse([request.protocol, user.name, user.groups.join(), body].join(' '))
      },
    ],
  })
  port = (await server.listenPlain({ host: '127.0.0.1', port: 0, user: unsecuredUser })).port
})

afterAll(() => server.shutDown({ requestGrace: 0, watchGrace: 0 }))

interface Plain {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

function call({ method = 'GET', headers = {}, body }: Plain = {}): Promise<[status: number | undefined, text: string]> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path: '/api', method, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => resolve([response.statusCode, Buffer.concat(chunks).toString()]))
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

const who = 'system:unsecured system:masters,system:authenticated'

test('HTTP/1.1 without credentials, and with ones that do not matter', async () => {
  expect(await call()).toEqual([200, `HTTP/1.1 ${who} `])
  expect(await call({ method: 'POST', body: 'x=1', headers: { authorization: 'Bearer wrong' } })).toEqual([
    200,
    `HTTP/1.1 ${who} x=1`,
  ])
})

test('HTTP/2 with prior knowledge', async () => {
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  expect((await requestHttp2(session, { ':path': '/api', ':method': 'POST' }, 'y')).body).toBe(`HTTP/2.0 ${who} y`)
  const many = Array.from({ length: 50 }, () => receive(session.request({ ':path': '/api' })))
  expect(new Set((await Promise.all(many)).map(({ status }) => status))).toEqual(new Set([200]))
  session.close()
})

test('a first byte that comes alone', async () => {
  const lines = `GET /api HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`
  const answers = ['', 'PR', 'P'].map(
    (start) =>
      new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1')
        let text = ''
        socket.on('data', (chunk) => {
          text += String(chunk)
        })
        socket.on('close', () => resolve(text.split('\r\n')[0] ?? ''))
        const bytes = Buffer.from(start + lines)
        socket.write(bytes.subarray(0, 1), () => setImmediate(() => socket.write(bytes.subarray(1))))
      }),
  )
  expect(await Promise.all(answers)).toEqual([
    'HTTP/1.1 200 OK',
    'HTTP/1.1 400 Bad Request',
    'HTTP/1.1 400 Bad Request',
  ])
})

test('WebSockets', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`)
  expect(await new Promise((resolve) => socket.on('message', (data) => resolve(String(data))))).toBe('system:unsecured')
  socket.close()
  const foreign = new WebSocket(`ws://127.0.0.1:${port}/socket`, { origin: 'http://evil.example' })
  const error = await new Promise<Error>((resolve) => foreign.on('error', resolve))
  expect(error.message).toBe('Unexpected server response: 403')
})

describe('browsers', () => {
  const host = 'the Host of a request to the insecure port must be localhost or a loopback address\n'
  const site = 'the insecure port does not serve web pages of other sites\n'
  const rows: (readonly [headers: Record<string, string>, status: number, text: string])[] = [
    [{ host: 'localhost' }, 200, ''],
    [{ host: 'LOCALHOST.:8080' }, 200, ''],
    [{ host: '127.1.2.3:1' }, 200, ''],
    [{ host: '[::1]:8080' }, 200, ''],
    [{ host: '[::1]' }, 200, ''],
    [{ host: 'evil.example:8080' }, 403, host],
    [{ host: 'localhost.evil.example' }, 403, host],
    [{ host: '127.0.0.1.nip.io' }, 403, host],
    [{ host: '10.0.0.1:8080' }, 403, host],
    [{ host: '0.0.0.0' }, 403, host],
    [{ origin: 'http://localhost:3000' }, 200, ''],
    [{ origin: 'http://127.0.0.1' }, 200, ''],
    [{ origin: 'https://evil.example' }, 403, site],
    [{ origin: 'null' }, 403, site],
    [{ 'sec-fetch-site': 'cross-site' }, 403, site],
    [{ 'sec-fetch-site': 'same-origin' }, 200, ''],
  ]
  test.each(rows)('%j: %d', async (headers, status, text) => {
    const answer = await call({ headers })
    expect(answer).toEqual([status, text === '' ? `HTTP/1.1 ${who} ` : text])
  })

  test('over HTTP/2 the authority counts', async () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`)
    expect((await requestHttp2(session, { ':path': '/', ':authority': 'evil.example' })).status).toBe(403)
    session.close()
  })
})

test.each(['0.0.0.0', '::', '192.168.1.1', 'example.com', ''])('address %j is refused', async (host) => {
  expect(isLoopbackHost(host)).toBe(false)
  await expect(server.listenPlain({ host, port: 0, user: unsecuredUser })).rejects.toThrow(
    `${host} is not a loopback address`,
  )
})
