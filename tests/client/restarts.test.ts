import { type Clock, type KubeObject, systemClock } from '@fairlead/apimachinery'
import { createClient, createInformers } from '@fairlead/client'
import { type ConnectedClient, connectToCluster } from '@fairlead/client/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: ServerProcess
let connected: ConnectedClient
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(async () => {
  connected.close()
  await server.end('SIGKILL')
  await folder.remove()
})

/** Waits a twentieth of what is asked for: the waiting after a failure grows to half a minute. */
const hurried: Clock = {
  now: () => systemClock.now(),
  after: (ms, callback) => systemClock.after(ms / 20, callback),
}

/** Starts the server, on another port each time, and leads all calls there. */
async function start(): Promise<void> {
  server = await startServerProcess(folder.path, ['--storage', 'lmdb'])
  connected = await connectToCluster({ path: server.kubeconfig, maxRetries: 0 })
}

/** Writes and deletes until the server is gone; `answered` hears of each call. */
async function write(writer: number, answered: () => void): Promise<void> {
  const configMaps = connected.client.resource('v1', 'configmaps').namespace('default')
  for (let step = 0; ; step += 1) {
    const name = `w-${writer}-${step % 5}`
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { step: `${step}` } } as KubeObject
    try {
      if (step % 7 === 6) await configMaps.delete(name)
      else if (step < 5 || step % 7 === 4) await configMaps.create(object)
      else await configMaps.patch(name, { data: { step: `${step}` } }, { type: 'merge' })
    } catch {
      // The object is there already, or is not, or the server is gone.
      if (!server.running) return
    }
    answered()
  }
}

const state = (objects: readonly KubeObject[]): string[] =>
  objects.map(({ metadata: { name, uid, resourceVersion } }) => [name, uid, resourceVersion].join(' ')).toSorted()

test('an informer outlives kill -9 of its server and ends equal to it, as its handlers do', async () => {
  await start()
  const client = createClient((request) => connected.client.transport(request), { clock: hurried })
  const informers = createInformers({ client })
  const informer = informers.informer('v1', 'configmaps', { namespace: 'default' })
  const heard = new Map<string, KubeObject>()
  informer.addHandler({
    add: (object) => void heard.set(object.metadata.name ?? '', object),
    update: (_, object) => void heard.set(object.metadata.name ?? '', object),
    delete: (object) => void heard.delete(object.metadata.name ?? ''),
  })
  const ending = new AbortController()
  const running = informers.run(ending.signal)
  await informers.synced()
  for (let round = 0; round < 3; round += 1) {
    let left = 150
    const writers = [0, 1, 2].map((writer) =>
      write(writer, () => {
        left -= 1
        if (left === 0) server.signal('SIGKILL')
      }),
    )
    expect(await server.ended).toBe('SIGKILL')
    connected.close()
    await Promise.all(writers)
    await start()
    const list = await client.resource('v1', 'configmaps').namespace('default').list()
    const there = state(list.items)
    expect(there.length).toBeGreaterThan(5)
    await expect.poll(() => state(informer.store.list()), { timeout: 20_000 }).toEqual(there)
    await expect.poll(() => state([...heard.values()])).toEqual(there)
  }
  ending.abort()
  await running
})
