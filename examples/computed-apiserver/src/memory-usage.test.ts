import { createExtensionServer, openStorage } from '@fairlead/extension-server'
import { expect, test } from 'vitest'
import { memoryUsage } from './memory-usage.ts'

async function start() {
  let heapUsed = 1000
  const { server } = createExtensionServer({
    kinds: [memoryUsage(() => ({ rss: 5000, heapUsed: heapUsed++ }))],
    storage: await openStorage('memory'),
  })
  const transport = server.transport({ name: 'admin', groups: ['system:masters'] })
  return async (method: string, path: string, accept = 'application/json') => {
    const response = await transport({ method, path: `/apis/stats.example.com/v1${path}`, headers: { accept } })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
}

test('each request computes anew', async () => {
  const call = await start()
  const { body } = await call('GET', '/memoryusages')
  expect(body.items).toMatchObject([
    { metadata: { name: 'heap-used' }, bytes: 1000 },
    { metadata: { name: 'rss' }, bytes: 5000 },
  ])
  expect((await call('GET', '/memoryusages/heap-used')).body.bytes).toBe(1001)
  expect((await call('GET', '/memoryusages/none')).body.message).toBe('memoryusages.stats.example.com "none" not found')
})

test('the verbs are those that the provider has', async () => {
  const call = await start()
  expect((await call('GET', '')).body.resources).toMatchObject([{ name: 'memoryusages', verbs: ['get', 'list'] }])
  expect((await call('DELETE', '/memoryusages/rss')).status).toBe(405)
})

test('the table shows the bytes', async () => {
  const call = await start()
  const { body } = await call('GET', '/memoryusages', 'application/json;as=Table;v=v1;g=meta.k8s.io')
  expect(body.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual(['Name', 'Bytes', 'Created At'])
  expect(body.rows[1].cells.slice(0, 2)).toEqual(['rss', 5000])
})
