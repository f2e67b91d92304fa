import { afterEach, beforeEach, expect, test } from 'vitest'
import { betaFlunders, fischers, flunders, startWardle, type Wardle } from './testing/wardle.ts'

let wardle: Wardle
beforeEach(async () => {
  wardle = await startWardle()
  await wardle.call('POST', fischers, { metadata: { name: 'f' }, disallowedFlunders: ['evil', 'worse'] })
  await wardle.call('POST', fischers, { metadata: { name: 'without' } })
})
afterEach(() => wardle.close())

test.each([flunders, betaFlunders])('SMP-7: POST %s with a name that a Fischer disallows', async (path) => {
  const { status, body } = await wardle.call('POST', path, { metadata: { name: 'worse' } })
  expect(status).toBe(403)
  expect(body).toMatchObject({
    reason: 'Forbidden',
    message:
      'flunders.wardle.example.com "worse" is forbidden: this name may not be used, please change the resource name',
    details: { name: 'worse', group: 'wardle.example.com', kind: 'flunders' },
  })
})

test('SMP-7: other names, Fischers, and Flunders that are there already are let through', async () => {
  expect((await wardle.call('POST', flunders, { metadata: { name: 'good' } })).status).toBe(201)
  expect((await wardle.call('POST', fischers, { metadata: { name: 'evil' } })).status).toBe(201)
  await wardle.call('POST', fischers, { metadata: { name: 'late' }, disallowedFlunders: ['good'] })
  const headers = { 'content-type': 'application/merge-patch+json' }
  expect((await wardle.call('PATCH', `${flunders}/good`, { spec: { reference: 'x' } }, headers)).status).toBe(200)
})

test('SMP-7: a name is free again when the Fischer is gone', async () => {
  await wardle.call('DELETE', `${fischers}/f`)
  expect((await wardle.call('POST', flunders, { metadata: { name: 'evil' } })).status).toBe(201)
})
