import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { storedState } from '../support/stored-state.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const path = '/api/v1/namespaces/default/configmaps'
/** What a smuggler would like the server to see as a request of its own. */
const smuggled = `DELETE ${path}/kept HTTP/1.1\r\nHost: a\r\n\r\n`
const request = (line: string, headers: string, body = '') => `${line} HTTP/1.1\r\nHost: a\r\n${headers}\r\n${body}`
const post = (headers: string, body = '') => request(`POST ${path}`, headers, body)

describe('HTTP/1.1 that means two things', () => {
  let controlPlane: TestControlPlane
  let client: HttpsClient
  let stored: readonly string[]
  beforeAll(async () => {
    controlPlane = await startTestControlPlane({ requestTimeout: 1000 })
    client = await httpsClient(controlPlane.kubeconfig)
    await client.post(path, { metadata: { name: 'kept' }, data: { a: 'b' } })
    stored = await storedState(client)
  })
  afterAll(async () => {
    client.close()
    await controlPlane.stop()
  })

  /** Sends bytes as they are; the status lines of everything that comes back until the server ends the connection. */
  const send = (text: string): Promise<string[]> =>
    new Promise((resolve, reject) => {
      const { host, port, ca, cert, key } = client.credentials
      const socket = connect({ host, port, ca, cert, key }, () => socket.write(text, 'latin1'))
      let received = ''
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1')
      })
      socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? undefined : reject(error)))
      socket.on('close', () => resolve(received.match(/^HTTP\/1\.1 \d+/gm) ?? []))
    })

  const refused: readonly (readonly [what: string, text: string, answer: string])[] = [
    ['length and chunks', post(`Content-Length: 6\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${smuggled}`), '400'],
    ['chunks and length', post(`Transfer-Encoding: chunked\r\nContent-Length: 6\r\n`, `0\r\n\r\n${smuggled}`), '400'],
    ['two lengths', post(`Content-Length: 0\r\nContent-Length: 70\r\n`, smuggled), '400'],
    ['two lengths in one', post(`Content-Length: 0, 70\r\n`, smuggled), '400'],
    ['a negative length', post('Content-Length: -1\r\n', smuggled), '400'],
    ['a length with a sign', post('Content-Length: +2\r\n', `{}${smuggled}`), '400'],
    ['a length in hexadecimal', post('Content-Length: 0x2\r\n', `{}${smuggled}`), '400'],
    ['a length beyond all numbers', post('Content-Length: 99999999999999999999\r\n', smuggled), '400'],
    ['an unknown coding', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${smuggled}`), '400'],
    [
      'identity behind chunked',
      post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${smuggled}`),
      '400',
    ],
    ['gzip before chunked', post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), '501'],
    ['a space before the colon', post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${smuggled}`), '400'],
    ['a folded header', post('X: a\r\n Transfer-Encoding: chunked\r\n', `0\r\n\r\n${smuggled}`), '400'],
    ['a bare line feed between headers', post('X: a\nContent-Length: 70\r\n', smuggled), '400'],
    ['bare line feeds only', post('').replaceAll('\r\n', '\n'), '400'],
    ['a bare carriage return', post('X: a\rContent-Length: 70\r\n', smuggled), '400'],
    ['a zero byte in a name', post('X\0: a\r\n'), '400'],
    ['a zero byte in a value', post('X: a\0b\r\n'), '400'],
    ['a chunk size that is none', post('Transfer-Encoding: chunked\r\n', `ZZ\r\n${smuggled}`), '400'],
    ['bare line feeds between chunks', post('Transfer-Encoding: chunked\r\n', `2\n{}\n0\n\n${smuggled}`), '400'],
    ['a chunk longer than it says', post('Transfer-Encoding: chunked\r\n', `2\r\n{}X\r\n0\r\n\r\n${smuggled}`), '400'],
    [
      'endless chunk extensions',
      post('Transfer-Encoding: chunked\r\n', `2;${'x'.repeat(100_000)}\r\n{}\r\n0\r\n\r\n`),
      '413',
    ],
    ['no Host', 'GET /version HTTP/1.1\r\n\r\n', '400'],
    ['two Hosts', request('GET /version', 'Host: b\r\n'), '400'],
    ['a method in small letters', request('get /version', ''), '400'],
    ['an unknown method', request(`FOO ${path}`, ''), '400'],
    ['no path', request('GET version', ''), '400'],
    ['a path that is not UTF-8', request('GET /version/%ff', 'Connection: close\r\n'), '400'],
    ['an unknown expectation', request('GET /version', 'Expect: nonsense\r\nConnection: close\r\n'), '417'],
    ['the beginning of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '400'],
    ['the beginning of TLS', '\x16\x03\x01\x02\x00', '400'],
    [
      '5,000 headers',
      request('GET /version', Array.from({ length: 5000 }, (_, index) => `x${index}: y\r\n`).join('')),
      '431',
    ],
  ]
  test.each(refused)('%s: refused, and the connection ends', async (_, text, status) => {
    expect(await send(text)).toEqual([`HTTP/1.1 ${status}`])
    expect(await storedState(client)).toEqual(stored)
  })

  test('a tunnel is not opened', async () => {
    expect(await send(`CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n${smuggled}`)).toEqual([])
    expect(await storedState(client)).toEqual(stored)
  })

  test('a body that nobody read is never taken for the next request', async () => {
    const text = `GET /version HTTP/1.1\r\nHost: a\r\nContent-Length: ${smuggled.length + 1}\r\n\r\n${smuggled}`
    expect(await send(text)).toEqual(['HTTP/1.1 200'])
    expect(await storedState(client)).toEqual(stored)
  })

  test('an upgrade to something unknown is ignored, and one to a WebSocket must be a good one', async () => {
    expect(await send(request('GET /version', 'Connection: Upgrade\r\nUpgrade: h2c\r\n'))).toEqual(['HTTP/1.1 200'])
    const bad = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: x\r\n'
    expect(await send(request(`GET ${path}?watch=1`, bad))).toEqual(['HTTP/1.1 400'])
  })

  test('a body that never ends is given up with 504 at the deadline of the request', async () => {
    const slow = (headers: string, begin: string) => send(post(headers, begin))
    const answers = await Promise.all([
      slow('Content-Length: 100\r\n', '{"metadata":'),
      slow('Transfer-Encoding: chunked\r\n', '5\r\n{"met'),
      ...Array.from({ length: 20 }, () => slow('Content-Length: 3000000\r\n', '{')),
    ])
    expect(answers.flat()).toEqual(answers.map(() => 'HTTP/1.1 504'))
    expect((await client.get('/readyz')).text).toBe('ok')
  })
})
