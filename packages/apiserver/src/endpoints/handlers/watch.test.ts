import { decodeEnvelope, decodeWatchEvent, expired, parseYaml, plainError } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { createTestServer, type TestServer } from '../testing/test-server.ts'

const configMap = (name: string, extra: object = {}) => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default' },
  ...extra,
})
const path = '/api/v1/namespaces/default/configmaps?watch=1'
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'

interface Event {
  readonly type: string
  readonly object: Record<string, unknown>
}

/** Reads events one by one. */
async function watch(server: TestServer, query = '', headers: Record<string, string> = {}) {
  const response = await server.call({ method: 'GET', path: path + query, headers })
  const lines = linesOf(response.body)
  return {
    response,
    next: async (): Promise<Event | undefined> => {
      const { value, done } = await lines.next()
      return done === true ? undefined : (JSON.parse(value) as Event)
    },
    leave: () => lines.return(undefined),
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + Buffer.from(chunk).toString()).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') throw new Error(`an unfinished line: ${rest}`)
  return undefined
}

describe('watch', () => {
  test('initial state, bookmark, changes; a clean end when the time is over', async () => {
    const server = createTestServer()
    const memory = server.memory('configmaps')
    memory.put(configMap('a'))
    const { response, next } = await watch(server, '&allowWatchBookmarks=true&timeoutSeconds=9')
    expect([response.status, response.headers['content-type']]).toEqual([200, 'application/json'])
    expect(await next()).toEqual({
      type: 'ADDED',
      object: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { resourceVersion: '101', name: 'a', namespace: 'default' },
      },
    })
    expect(await next()).toEqual({
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { resourceVersion: '101', annotations: { 'k8s.io/initial-events-end': 'true' } },
      },
    })
    memory.put(configMap('a', { data: { k: 'v' } }))
    memory.put(configMap('b'))
    expect(await next()).toMatchObject({ type: 'MODIFIED', object: { data: { k: 'v' } } })
    expect(await next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'b', resourceVersion: '103' } } })
    await server.call({ method: 'DELETE', path: '/api/v1/namespaces/default/configmaps/b' })
    expect(await next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'b', resourceVersion: '104' } } })
    const [timer] = server.timers
    expect(timer?.delay).toBe(9000)
    timer?.run()
    expect(await next()).toBeUndefined()
    expect(memory.sessions.open).toBe(0)
  })

  test.each([
    ['', 2_700_000],
    ['&timeoutSeconds=0', 2_700_000],
    ['&timeoutSeconds=5', 5000],
  ])('time: %j', async (query, delay) => {
    const server = createTestServer()
    const { leave } = await watch(server, query)
    expect(server.timers.map((timer) => timer.delay)).toEqual([delay])
    await leave()
  })

  test('one event is framed once for all watchers', async () => {
    const server = createTestServer()
    const memory = server.memory('configmaps')
    const watchers = await Promise.all([watch(server), watch(server), watch(server, '', { accept: table })])
    const encoded = new Map<string, Uint8Array>()
    const object = memory.put(configMap('x'))
    for (const { next } of watchers) await next()
    memory.send({ type: 'MODIFIED', object, source: { revision: 200, current: object, encoded } })
    for (const { next } of watchers) expect(await next()).toMatchObject({ type: 'MODIFIED' })
    expect(encoded.size).toBe(2)
    for (const { leave } of watchers) await leave()
    expect(memory.sessions.open).toBe(0)
    expect(server.timers).toEqual([])
  })

  test('a failure is the last event, always as a Status', async () => {
    const server = createTestServer()
    const { next } = await watch(server, '&resourceVersion=5', { accept: table })
    server.memory('configmaps').send({ type: 'ERROR', error: expired('too old resource version: 5 (100)') })
    expect(await next()).toEqual({
      type: 'ERROR',
      object: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'too old resource version: 5 (100)',
        reason: 'Expired',
        code: 410,
      },
    })
    expect(await next()).toBeUndefined()
  })

  test('a Table has its columns in the first event only', async () => {
    const server = createTestServer()
    const memory = server.memory('configmaps')
    const { next, leave } = await watch(server, '&allowWatchBookmarks=1&includeObject=None', { accept: table })
    const bookmark = await next()
    expect(bookmark?.object).toMatchObject({
      kind: 'Table',
      rows: [
        {
          object: { kind: 'PartialObjectMetadata', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
        },
      ],
    })
    expect(bookmark?.object['columnDefinitions']).not.toBeNull()
    memory.put(configMap('a'))
    const added = await next()
    expect(added?.object).toMatchObject({ columnDefinitions: null, rows: [{ object: null }] })
    await leave()
  })

  test('PartialObjectMetadata', async () => {
    const server = createTestServer()
    server.memory('configmaps').put(configMap('a', { data: { k: 'v' } }))
    const { next, leave } = await watch(server, '', { accept: table.replace('Table', 'PartialObjectMetadata') })
    expect((await next())?.object).toEqual({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '101', name: 'a', namespace: 'default' },
    })
    await leave()
  })

  test('protobuf frames', async () => {
    const server = createTestServer()
    server.memory('configmaps').put(configMap('a'))
    const accept = 'application/vnd.kubernetes.protobuf;stream=watch,application/json;stream=watch'
    const response = await server.call({ method: 'GET', path: `${path}&allowWatchBookmarks=1`, headers: { accept } })
    expect(response.headers['content-type']).toBe('application/vnd.kubernetes.protobuf;stream=watch')
    let bytes = Buffer.alloc(0)
    const types: string[] = []
    for await (const chunk of response.body) {
      bytes = Buffer.concat([bytes, chunk])
      while (bytes.length > 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
        const { type, object } = decodeWatchEvent(bytes.subarray(4, 4 + bytes.readUInt32BE(0)))
        bytes = bytes.subarray(4 + bytes.readUInt32BE(0))
        types.push(`${type} ${decodeEnvelope(object).kind}`)
        if (type === 'BOOKMARK') server.memory('configmaps').send({ type: 'ERROR', error: plainError('broken') })
      }
    }
    expect(types).toEqual(['ADDED ConfigMap', 'BOOKMARK ConfigMap', 'ERROR Status'])
  })

  test.each([
    ['/api/v1/watch/configmaps', 3],
    ['/api/v1/watch/namespaces/default/configmaps', 2],
    ['/api/v1/watch/namespaces/default/configmaps/a', 1],
  ])('%s', async (prefixed, count) => {
    const server = createTestServer()
    server.memory('configmaps').put(configMap('a'))
    server.memory('configmaps').put(configMap('b'))
    server.memory('configmaps').put({ ...configMap('c'), metadata: { name: 'c', namespace: 'other' } })
    const response = await server.call({ method: 'GET', path: `${prefixed}?allowWatchBookmarks=1` })
    const names: unknown[] = []
    for await (const line of linesOf(response.body)) {
      const { type, object } = JSON.parse(line)
      if (type === 'BOOKMARK') break
      names.push(object.metadata.name)
    }
    expect(names).toHaveLength(count)
  })

  test('YAML cannot be watched', async () => {
    const response = await createTestServer().call({ method: 'GET', path, headers: { accept: 'application/yaml' } })
    expect(response.status).toBe(406)
    expect(parseYaml(await response.text()).value).toMatchObject({
      kind: 'Status',
      reason: 'NotAcceptable',
      message:
        'only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
    })
  })

  test('a name in the path and another in the selector', async () => {
    const response = await createTestServer().call({
      method: 'GET',
      path: '/api/v1/watch/namespaces/default/configmaps/a?fieldSelector=metadata.name%3Db',
    })
    expect([response.status, JSON.parse(await response.text()).message]).toEqual([
      400,
      "fieldSelector metadata.name doesn't match requested name",
    ])
  })

  test('a client that does not read is let go, and its neighbour is not', async () => {
    const slow: string[] = []
    const server = createTestServer({
      watchBufferLimit: 300_000,
      onSlowWatcher: ({ resource }) => slow.push(resource),
    })
    const memory = server.memory('configmaps')
    const lagging = await watch(server)
    const reading = await watch(server)
    let seen = 0
    for (let index = 0; index < 100; index += 1) {
      memory.put(configMap(`n${index}`, { data: { k: 'x'.repeat(10_000) } }))
      if ((await reading.next()) !== undefined) seen += 1
    }
    expect(seen).toBe(100)
    expect(slow).toEqual(['configmaps'])
    let left = 0
    const readOn = async (): Promise<void> => {
      while ((await lagging.next()) !== undefined) left += 1
    }
    await expect(readOn()).rejects.toThrow('the client of a watch reads too slowly')
    expect(left).toBeLessThan(100)
    await reading.leave()
    expect(memory.sessions.open).toBe(0)
  })

  test('the shortest time of a watch is a setting, and its events are counted', async () => {
    const sent: (readonly [string, number])[] = []
    const server = createTestServer({
      minRequestTimeout: 10_000,
      watchMetrics: ({ resource }) => ({ sent: (count) => sent.push([resource, count]) }),
    })
    const { next, leave } = await watch(server)
    expect(server.timers.map(({ delay }) => delay)).toEqual([15_000])
    server.memory('configmaps').put(configMap('a'))
    await next()
    expect(sent).toEqual([['configmaps', 1]])
    await leave()
  })

  test('a large initial state is not slowness', async () => {
    const slow: string[] = []
    const server = createTestServer({ watchBufferLimit: 100_000, onSlowWatcher: ({ resource }) => slow.push(resource) })
    for (let index = 0; index < 500; index += 1) {
      server.memory('configmaps').put(configMap(`n${index}`, { data: { k: 'x'.repeat(1000) } }))
    }
    const { next, leave } = await watch(server)
    for (let index = 0; index < 500; index += 1) expect(await next()).toMatchObject({ type: 'ADDED' })
    expect(slow).toEqual([])
    await leave()
  })

  test('an aborted request gives everything back', async () => {
    const server = createTestServer()
    const abort = new AbortController()
    const response = await server.call({ method: 'GET', path, signal: abort.signal })
    expect(server.memory('configmaps').sessions.open).toBe(1)
    abort.abort()
    await expect(response.text()).rejects.toThrow()
    expect(server.memory('configmaps').sessions.open).toBe(0)
    expect(server.timers).toEqual([])
  })
})
