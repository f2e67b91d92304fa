import { tooManyRequests } from '@fairlead/apimachinery'
import type { InProcessTransport } from '@fairlead/apiserver'
import { createMemoryStorage } from '@fairlead/storage'
import { describe, expect, test } from 'vitest'
import { defineKind } from '../kind/define-kind.ts'
import { s } from '../schema/s.ts'
import { createExtensionServer } from '../server/create-extension-server.ts'
import { type Provider, type ProviderEvent, provide } from './provider.ts'

interface Quote {
  price: number
}
const Quote = defineKind({
  group: 'market.example.com',
  version: 'v1',
  kind: 'Quote',
  namespaced: true,
  schema: s.object({ price: s.number({ minimum: 0 }) }),
  selectableFields: ['price'],
})
const collection = '/apis/market.example.com/v1/namespaces/default/quotes'

function serve(provider: Provider<Quote>) {
  const { server } = createExtensionServer({ kinds: [provide(Quote, provider)], storage: createMemoryStorage() })
  const transport: InProcessTransport = server.transport({ name: 'admin', groups: ['system:masters'] })
  return async (method: string, path: string, body?: object, contentType = 'application/json') => {
    const response = await transport({
      method,
      path,
      headers: { 'content-type': contentType },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: response.body, json: async () => JSON.parse(await response.text()) }
  }
}

const quote = (name: string, price: number, labels: Record<string, string> = {}) => ({
  metadata: { name, namespace: 'default', labels },
  price,
})

describe('a provider that only lists', () => {
  const call = serve({ list: async () => [quote('b', 2, { tier: 'x' }), quote('a', 1)] })

  test('gives sorted lists without a revision, which selectors narrow', async () => {
    const list = await (await call('GET', collection)).json()
    expect(list).toMatchObject({ kind: 'QuoteList', metadata: {}, items: [{ price: 1 }, { price: 2 }] })
    expect(list.metadata).toEqual({})
    expect((await (await call('GET', `${collection}?labelSelector=tier%3Dx`)).json()).items).toHaveLength(1)
    expect((await (await call('GET', `${collection}?fieldSelector=price%3D1`)).json()).items).toHaveLength(1)
  })

  test('has no other verb', async () => {
    const { resources } = await (await call('GET', '/apis/market.example.com/v1')).json()
    expect(resources[0].verbs).toEqual(['list'])
    expect((await call('POST', collection, quote('c', 1))).status).toBe(405)
    expect((await call('GET', `${collection}/a`)).status).toBe(404)
  })
})

/** Objects in a map, with the changes told to whoever watches. */
function mapProvider() {
  const objects = new Map<string, ReturnType<typeof quote>>()
  const listeners = new Set<(event: ProviderEvent<Quote>) => void>()
  let revision = 1
  const tell = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: ReturnType<typeof quote>) => {
    revision += 1
    const kept = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
    if (type === 'DELETED') objects.delete(object.metadata.name)
    else objects.set(object.metadata.name, kept)
    for (const listener of listeners) {
      listener({ type, object: { apiVersion: 'market.example.com/v1', kind: 'Quote', ...kept } })
    }
    return kept
  }
  const provider: Provider<Quote> = {
    get: async ({ name }) => objects.get(name),
    list: async () => objects.values(),
    revision: () => revision,
    create: async (object) => tell('ADDED', object as never),
    update: async (object) => tell('MODIFIED', object as never),
    delete: async (object) => void tell('DELETED', object as never),
    async *watch(_namespace, { signal }) {
      const queue: ProviderEvent<Quote>[] = []
      let wake = (): void => {}
      const listener = (event: ProviderEvent<Quote>) => {
        queue.push(event)
        wake()
      }
      listeners.add(listener)
      signal.addEventListener('abort', () => wake())
      try {
        while (!signal.aborted) {
          const event = queue.shift()
          if (event === undefined) await new Promise<void>((resolve) => (wake = resolve))
          else yield event
        }
      } finally {
        listeners.delete(listener)
      }
    },
  }
  return { provider, listeners }
}

describe('a provider that can do everything', () => {
  test('creates, reads, updates under the rules of stored kinds, and deletes', async () => {
    const call = serve(mapProvider().provider)
    const created = await (await call('POST', collection, quote('a', 1))).json()
    expect(created).toMatchObject({
      metadata: { uid: expect.any(String), creationTimestamp: expect.any(String) },
      price: 1,
    })
    expect((await call('POST', collection, quote('b', -1))).status).toBe(422)
    const stale = { ...created, price: 5, metadata: { ...created.metadata, resourceVersion: '1' } }
    expect((await call('PUT', `${collection}/a`, stale)).status).toBe(409)
    const updated = await (await call('PUT', `${collection}/a`, { ...created, price: 5 })).json()
    expect(updated).toMatchObject({ price: 5, metadata: { uid: created.metadata.uid } })
    const patched = await (await call('PATCH', `${collection}/a`, { price: 6 }, 'application/merge-patch+json')).json()
    expect(patched.price).toBe(6)
    expect((await (await call('DELETE', `${collection}/a`)).json()).status).toBe('Success')
    expect((await call('GET', `${collection}/a`)).status).toBe(404)
  })

  test('a watch begins with what there is and goes on with changes; leaving it ends the provider', async () => {
    const { provider, listeners } = mapProvider()
    const call = serve(provider)
    await call('POST', collection, quote('a', 1))
    const watch = await call(
      'GET',
      `${collection}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    )
    const events = lines(watch.body)
    const next = async () =>
      (await events.next()).value as { type: string; object: { price?: number; metadata: object } }
    expect(await next()).toMatchObject({ type: 'ADDED', object: { price: 1 } })
    expect(await next()).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    })
    await call('PATCH', `${collection}/a`, { price: 2 }, 'application/merge-patch+json')
    expect(await next()).toMatchObject({ type: 'MODIFIED', object: { price: 2 } })
    await call('DELETE', `${collection}/a`)
    expect(await next()).toMatchObject({ type: 'DELETED' })
    expect(listeners.size).toBe(1)
    await events.return(undefined)
    await expect.poll(() => listeners.size).toBe(0)
  })

  test('a watch from a revision that is past is refused, so that the client lists', async () => {
    const call = serve(mapProvider().provider)
    await call('POST', collection, quote('a', 1))
    const answer = await call('GET', `${collection}?watch=1&resourceVersion=1`)
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { type: 'ERROR', object: { code: 410, reason: 'Expired' } },
    ])
  })
})

test('failures of a provider are answers: a StatusError as it is, anything else an internal error', async () => {
  const failure = (error: Error) => {
    const fail = () => Promise.reject(error)
    return serve({ get: fail, list: fail, create: fail, update: fail, delete: fail })
  }
  const broken = failure(new Error('the table is gone'))
  const busy = failure(tooManyRequests('come back', 3))
  for (const [method, path] of [
    ['GET', `${collection}/a`],
    ['GET', collection],
    ['POST', collection],
    ['PUT', `${collection}/a`],
    ['DELETE', `${collection}/a`],
  ] as const) {
    const body = method === 'POST' || method === 'PUT' ? quote('a', 1) : undefined
    expect(await (await broken(method, path, body)).json()).toMatchObject({
      code: 500,
      reason: 'InternalError',
      message: 'Internal error occurred: the table is gone',
    })
    expect((await busy(method, path, body)).status).toBe(429)
  }
})

test.each<[string, Provider<Quote>]>([
  ['nothing at all', {}],
  ['watch without list', { watch: () => (async function* () {})() }],
  ['delete without get', { delete: async () => {} }],
])('a provider with %s is refused', (_title, provider) => {
  expect(() => serve(provider)).toThrow(TypeError)
})

async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, undefined> {
  let rest = ''
  for await (const chunk of body) {
    const parts = (rest + Buffer.from(chunk).toString()).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) yield JSON.parse(part)
  }
}
