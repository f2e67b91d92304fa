import { expect, test } from 'vitest'
import type { ApiRequest } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'
import { createInProcessTransport } from './in-process.ts'

const serve = (handle: (request: ApiRequest) => ApiResponse | Promise<ApiResponse>) =>
  createInProcessTransport(async (request) => await handle(request))

async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield new Uint8Array(size)
}

test('method, path, query, headers and body arrive', async () => {
  const call = serve(async (request) => ({
    status: 201,
    headers: { 'x-a': 'b' },
    body: [
      request.method,
      request.path,
      request.query.get('q'),
      request.headers['h'],
      Buffer.from(await request.body.bytes(10)).toString(),
    ].join(' '),
  }))
  const answer = await call({ method: 'post', path: '/a%20b?q=1', headers: { H: 'v' }, body: 'hi' })
  expect([answer.status, answer.headers, await answer.text()]).toEqual([201, { 'x-a': 'b' }, 'POST /a b 1 v hi'])
})

test('a body beyond the limit is refused before it has been read whole', async () => {
  let given = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given += 1
      yield new Uint8Array(1000)
    }
  }
  const call = serve(async (request) => {
    await request.body.bytes(5000)
    return { status: 200, headers: {} }
  })
  await expect(call({ method: 'POST', path: '/', body: endless() })).rejects.toMatchObject({ code: 413 })
  expect(given).toBe(6)
})

test('a streamed body is read as it comes, and its writer waits for the reader', async () => {
  let written = 0
  const call = serve(() => ({
    status: 200,
    headers: {},
    body: async (sink) => {
      for await (const piece of pieces(100, 16_384)) {
        written += 1
        if (!sink.write(piece)) await sink.drained()
      }
    },
  }))
  const answer = await call({ method: 'GET', path: '/' })
  let read = 0
  for await (const piece of answer.body) {
    read += piece.length
    expect(written).toBeLessThanOrEqual(read / 16_384 + 8)
  }
  expect(read).toBe(100 * 16_384)
})

test('a reader that leaves ends the writer', async () => {
  let ended = false
  const call = serve(() => ({
    status: 200,
    headers: {},
    body: async (sink) => {
      while (!sink.signal.aborted) {
        if (!sink.write(new Uint8Array(16_384))) await sink.drained()
      }
      ended = true
    },
  }))
  const answer = await call({ method: 'GET', path: '/' })
  for await (const piece of answer.body) {
    expect(piece).toHaveLength(16_384)
    break
  }
  await new Promise((resolve) => setImmediate(resolve))
  expect(ended).toBe(true)
})

test("the caller's signal ends reader and writer", async () => {
  const abort = new AbortController()
  let told = false
  const call = serve((request) => ({
    status: 200,
    headers: {},
    body: async (sink) => {
      sink.write(new Uint8Array(1))
      await new Promise((resolve) => request.signal.addEventListener('abort', resolve))
      told = sink.signal.aborted
    },
  }))
  const answer = await call({ method: 'GET', path: '/', signal: abort.signal })
  const read = (async () => {
    for await (const piece of answer.body) {
      expect(piece).toHaveLength(1)
      abort.abort(new Error('enough'))
    }
  })()
  await expect(read).rejects.toThrow('enough')
  expect(told).toBe(true)
})

test('HEAD has no body', async () => {
  const call = serve(() => ({ status: 200, headers: {}, body: 'text' }))
  expect(await (await call({ method: 'HEAD', path: '/' })).text()).toBe('')
})

test('a path that is none', async () => {
  await expect(serve(() => ({ status: 200, headers: {} }))({ method: 'GET', path: 'x' })).rejects.toMatchObject({
    code: 400,
  })
})
