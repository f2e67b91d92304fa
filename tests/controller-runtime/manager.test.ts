import { createClient } from '@fairlead/client'
import { createManager, type Manager, type Runnable } from '@fairlead/controller-runtime'
import { endpointServer } from '@fairlead/controller-runtime/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

let controlPlane: TestControlPlane
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
})
afterAll(() => controlPlane.stop())
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

const client = () => createClient(controlPlane.transport)

/** Tells when it starts and ends. */
function logging(name: string, log: string[], more: Partial<Runnable> = {}): Runnable {
  return {
    name,
    async start(_runtime, signal) {
      log.push(`${name} starts`)
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      log.push(`${name} ends`)
    },
    ...more,
  }
}

describe('the endpoints of a manager', () => {
  const serve = async (manager: Manager): Promise<(path: string, method?: string) => Promise<[number, string]>> => {
    let url = ''
    manager.add(endpointServer(manager, { port: 0, onListening: (at) => (url = at) }))
    const stopping = new AbortController()
    const running = manager.run(stopping.signal)
    closers.push(async () => {
      stopping.abort()
      await running
    })
    await expect.poll(() => url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    return async (path, method = 'GET') => {
      const response = await fetch(`${url}${path}`, { method })
      return [response.status, await response.text()]
    }
  }

  test('tell what works and what does not, by name', async () => {
    const errors: string[] = []
    const manager = createManager({ client: client(), onError: (_, about) => errors.push(about) })
    let isWell = false
    manager.addReadyzCheck('database', () => {
      if (!isWell) throw new Error('not reached')
    })
    expect(() => manager.addReadyzCheck('database', () => undefined)).toThrow('already')
    const get = await serve(manager)
    const failing = '[-]database failed: reason withheld\n[+]informer-sync ok\nhealthz check failed\n'
    expect(await get('/readyz')).toEqual([500, failing])
    expect(await get('/readyz/database')).toEqual([500, 'internal server error: not reached\n'])
    expect(await get('/readyz?exclude=database')).toEqual([200, 'ok'])
    expect(await get('/readyz?exclude=database&exclude=x&verbose')).toEqual([
      200,
      '[+]database excluded: ok\n[+]informer-sync ok\nwarn: some health checks cannot be excluded: no matches for "x"\nhealthz check passed\n',
    ])
    expect(errors).toContain('health check database')
    isWell = true
    expect(await get('/readyz')).toEqual([200, 'ok'])
    expect(await get('/readyz/')).toEqual([200, 'ok'])
    expect(await get('/readyz/database')).toEqual([200, 'ok'])
    expect(await get('/healthz?verbose')).toEqual([200, '[+]ping ok\nhealthz check passed\n'])
    for (const path of ['/', '/readyz/none', '/healthz/database', '//'])
      expect(await get(path)).toEqual([404, '404 page not found\n'])
    expect(await get('/healthz', 'POST')).toEqual([405, 'Method Not Allowed\n'])
    expect(await get('/healthz', 'HEAD')).toEqual([200, ''])
  })

  test('are not ready before the informers are, and give metrics', async () => {
    let isOpen = false
    let open = (): void => undefined
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    const manager = createManager({
      client: createClient(async (request) => {
        if (!isOpen) await opened
        return await controlPlane.transport(request)
      }),
    })
    const informer = manager.informers.informer('v1', 'configmaps')
    manager.metrics.counter('things_total', 'Things').add({ of: 'a' })
    const get = await serve(manager)
    expect((await get('/readyz'))[1]).toContain('[-]informer-sync failed')
    isOpen = true
    open()
    await informer.synced()
    expect(await get('/readyz')).toEqual([200, 'ok'])
    expect(await get('/metrics')).toEqual([
      200,
      '# HELP things_total Things\n# TYPE things_total counter\nthings_total{of="a"} 1\n',
    ])
  })

  test('that cannot be opened end the manager', async () => {
    const first = createManager({ client: client() })
    let url = ''
    first.add(endpointServer(first, { port: 0, onListening: (at) => (url = at) }))
    const stopping = new AbortController()
    const running = first.run(stopping.signal)
    await expect.poll(() => url).not.toBe('')
    const second = createManager({ client: client() })
    second.add(endpointServer(second, { port: Number(new URL(url).port) }))
    await expect(second.run(new AbortController().signal)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    stopping.abort()
    await running
  })
})

test('what needs no leader election starts first, runs while another leads, and ends last', async () => {
  const log: string[] = []
  const election = { namespace: 'default', name: 'order' }
  const managers = ['a', 'b'].map((identity) => {
    const manager = createManager({ client: client(), leaderElection: { ...election, identity } })
    manager.add(logging(`controller ${identity}`, log))
    manager.add(logging(`server ${identity}`, log, { needsLeaderElection: false }))
    const stopping = new AbortController()
    return { manager, stopping }
  })
  const [a, b] = managers as [(typeof managers)[0], (typeof managers)[0]]
  const runningA = a.manager.run(a.stopping.signal)
  await expect.poll(() => log).toEqual(['server a starts', 'controller a starts'])
  const runningB = b.manager.run(b.stopping.signal)
  await expect.poll(() => log).toHaveLength(3)
  a.stopping.abort()
  await runningA
  await expect.poll(() => log).toHaveLength(6)
  b.manager.add(logging('late', log))
  b.stopping.abort()
  await runningB
  expect(log).toEqual([
    'server a starts',
    'controller a starts',
    'server b starts',
    'controller a ends',
    'server a ends',
    'controller b starts',
    'late starts',
    'controller b ends',
    'late ends',
    'server b ends',
  ])
})

test('the failure of one runnable ends the others, and is what the manager rejects with', async () => {
  for (const needsLeaderElection of [true, false]) {
    const log: string[] = []
    const manager = createManager({ client: client() })
    manager.add(logging('controller', log))
    manager.add(logging('server', log, { needsLeaderElection: false }))
    manager.add({ name: 'broken', needsLeaderElection, start: () => Promise.reject(new Error('broken')) })
    await expect(manager.run(new AbortController().signal)).rejects.toThrow('broken')
    expect(log.slice(-2)).toEqual(['controller ends', 'server ends'])
  }
})
