import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const root = join(fileURLToPath(import.meta.url), '../../..')

/** A package as a page would load it: one script without imports, which puts its exports into a global. */
async function bundle(name: string): Promise<{ code: string; imports: string[] }> {
  const build = await rolldown({
    input: join(root, 'packages', name, 'src/index.ts'),
    platform: 'browser',
    resolve: { conditionNames: ['fairlead-source', 'browser', 'import', 'default'] },
    // Every import that is not found is told below.
    checks: { unresolvedImport: false },
  })
  try {
    const { output } = await build.generate({ format: 'iife', name: 'fairlead', minify: true, codeSplitting: false })
    const imports = output.flatMap((chunk) =>
      chunk.type === 'chunk' ? [...chunk.imports, ...chunk.dynamicImports] : [],
    )
    return { code: output.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join(''), imports }
  } finally {
    await build.close()
  }
}

test.each([
  ['client', 200],
  ['controller-runtime', 250],
])('%s needs nothing of Node and is less than %d kB', async (name, kilobytes) => {
  const { code, imports } = await bundle(name)
  expect(imports).toEqual([])
  expect(code).not.toMatch(/["'`]node:|\brequire\(|\bprocess\.|\bBuffer\b/)
  console.log(
    `${name}: ${Math.round(code.length / 1000)} kB, ${Math.round(gzipSync(code).length / 1000)} kB compressed`,
  )
  expect(code.length).toBeLessThan(kilobytes * 1000)
})

describe('in a page', () => {
  let controlPlane: TestControlPlane
  beforeAll(async () => {
    controlPlane = await startTestControlPlane({ insecure: { port: 0, bindAddress: '127.0.0.1' } })
  })
  afterAll(() => controlPlane.stop())

  test('reads, writes, watches and informs', async () => {
    const { code } = await bundle('client')
    // What browsers have beside the language itself, and nothing else.
    const names = ['AbortController', 'TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams', 'fetch', 'performance']
    const timers = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval']
    const globals = [...names, ...timers].map((name) => [name, (globalThis as Record<string, unknown>)[name]])
    const page = createContext({ ...Object.fromEntries(globals), baseUrl: controlPlane.insecureUrl })
    runInContext(code, page)
    const told = (await runInContext(`(${inPage.toString()})(fairlead, baseUrl)`, page)) as string
    expect(JSON.parse(told)).toEqual({
      created: 'in-page',
      missing: 'configmaps "absent" not found',
      events: ['ADDED in-page', 'MODIFIED in-page'],
      informed: { data: { a: 'b' } },
      awaited: null,
    })
  })
})

/** Runs in the page: only its text gets there. */
async function inPage(fairlead: typeof import('@fairlead/client'), baseUrl: string): Promise<string> {
  const { awaitCondition, createClient, createFetchTransport, createInformers, isDeleted } = fairlead
  const client = createClient(createFetchTransport({ baseUrl }))
  const configMaps = client.resource('v1', 'configmaps').namespace('default')
  const metadata = { name: 'in-page', labels: { page: 'yes' } }
  const created = await configMaps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata })
  const missing = await configMaps.get('absent').catch((error: Error) => error.message)
  const stopping = new AbortController()
  const events: string[] = []
  for await (const { type, object } of configMaps.watch({ labelSelector: 'page=yes', signal: stopping.signal })) {
    events.push(`${type} ${(object.metadata as { name: string }).name}`)
    if (events.length === 2) break
    await configMaps.patch('in-page', { data: { a: 'b' } }, { type: 'merge' })
  }
  const informers = createInformers({ client })
  const informer = informers.informer('v1', 'configmaps', { namespace: 'default' })
  const running = informers.run(stopping.signal)
  await informer.synced()
  const { data } = informer.store.get('default/in-page') as { data?: unknown }
  stopping.abort()
  await running
  await configMaps.delete('in-page')
  const awaited = (await awaitCondition(configMaps, 'in-page', isDeleted())) ?? null
  return JSON.stringify({ created: created.metadata.name, missing, events, informed: { data }, awaited })
}
