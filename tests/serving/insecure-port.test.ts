import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

let controlPlane: TestControlPlane
let url: string

beforeAll(async () => {
  controlPlane = await startTestControlPlane({ insecure: { port: 0, bindAddress: '127.0.0.1' } })
  url = controlPlane.insecureUrl ?? ''
})

afterAll(() => controlPlane.stop())

async function call(method: string, path: string, body?: object) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return (await response.json()) as {
    readonly kind: string
    readonly code?: number
    readonly message?: string
    readonly status?: object
  }
}

test.each([
  ['/api', 'APIVersions'],
  ['/api/v1/pods', 'PodList'],
  ['/api/v1/services', 'ServiceList'],
  ['/api/v1/replicationcontrollers', 'ReplicationControllerList'],
])('curl %s', async (path, kind) => {
  expect((await call('GET', path)).kind).toBe(kind)
})

test('everybody is system:unsecured and may act as somebody else', async () => {
  const review = { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1' }
  const { status } = await call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', review)
  expect(status).toEqual({
    userInfo: { username: 'system:unsecured', groups: ['system:masters', 'system:authenticated'] },
  })
})

test('admission still runs', async () => {
  const answer = await call('POST', '/api/v1/namespaces/missing/configmaps', { metadata: { name: 'a' } })
  expect([answer.code, answer.message]).toEqual([404, 'namespaces "missing" not found'])
})

test('no address but loopback', async () => {
  const start = startTestControlPlane({ insecure: { port: 0, bindAddress: '0.0.0.0' } })
  await expect(start).rejects.toThrow(
    '--insecure-bind-address 0.0.0.0 is refused: whoever reaches the insecure port may do everything, so it listens on loopback only',
  )
})

test('off unless asked for', async () => {
  const plain = await startTestControlPlane()
  expect(plain.insecureUrl).toBeUndefined()
  await plain.stop()
})
