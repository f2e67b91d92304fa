import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@fairlead/client'
import { createManualClock } from '@fairlead/storage/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultControlPlaneOptions } from '../control-plane/options.ts'
import { type ControlPlane, startControlPlane } from '../control-plane/start-control-plane.ts'
import { serviceAccountToken } from './service-account-token.ts'

let folder: string
let controlPlane: ControlPlane
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-account-token-'))
  const options = { ...defaultControlPlaneOptions, securePort: 0, storage: 'memory', dataDir: folder } as const
  controlPlane = await startControlPlane(options)
})
afterAll(async () => {
  await controlPlane.stop()
  await rm(folder, { recursive: true })
})

const minute = 60_000

/** A client on a clock of the test's own that counts the tokens it asks for, and may be refused them. */
function counting(now = Date.now()) {
  const clock = createManualClock(now)
  const state = { asked: 0, refuses: false }
  const client = createClient(
    async (call) => {
      if (!call.path.endsWith('/token')) return await controlPlane.transport(call)
      state.asked += 1
      return await controlPlane.transport(state.refuses ? { ...call, path: '/nowhere' } : call)
    },
    { clock },
  )
  return { clock, client, state }
}

test('the ServiceAccount is made once, and calls at the same time share a token', async () => {
  const { client, state } = counting()
  const token = serviceAccountToken(client, 'shared')
  const [one, two] = await Promise.all([token.get(), token.get()])
  expect(two).toBe(one)
  expect(await token.get()).toBe(one)
  expect(state.asked).toBe(1)
  const { metadata } = await client.resource('v1', 'serviceaccounts').namespace('kube-system').get('shared')
  const claims = JSON.parse(Buffer.from(one.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
  expect(claims).toMatchObject({
    sub: 'system:serviceaccount:kube-system:shared',
    'kubernetes.io': { serviceaccount: { uid: metadata.uid } },
  })
  expect(await serviceAccountToken(client, 'shared').get()).not.toBe('')
})

test('a token is replaced when four fifths of its hour are over, or when it was refused', async () => {
  const { clock, client, state } = counting()
  const token = serviceAccountToken(client, 'renewed')
  await token.get()
  clock.advance(47 * minute)
  await token.get()
  expect(state.asked).toBe(1)
  clock.advance(2 * minute)
  await token.get()
  expect(state.asked).toBe(2)
  token.refused()
  await token.get()
  expect(state.asked).toBe(3)
})

test('a token that cannot be replaced is used on; without one the failure is told', async () => {
  const { clock, client, state } = counting()
  const token = serviceAccountToken(client, 'kept')
  const first = await token.get()
  state.refuses = true
  clock.advance(50 * minute)
  expect(await token.get()).toBe(first)
  token.refused()
  await expect(token.get()).rejects.toMatchObject({ code: 404 })
  state.refuses = false
  await token.get()
})

test('a clock that is ahead of the server does not make every call ask for a token', async () => {
  const { clock, client, state } = counting(Date.now() + 120 * minute)
  const token = serviceAccountToken(client, 'ahead')
  await token.get()
  clock.advance(7 * minute)
  await token.get()
  expect(state.asked).toBe(1)
  clock.advance(2 * minute)
  await token.get()
  expect(state.asked).toBe(2)
})
