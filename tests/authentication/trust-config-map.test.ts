import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { identityOf } from '../support/identities.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const path = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication'
let controlPlane: TestControlPlane
let stranger: TestControlPlane
let admin: HttpsClient

beforeAll(async () => {
  ;[controlPlane, stranger] = await Promise.all([startTestControlPlane(), startTestControlPlane()])
  admin = await httpsClient(controlPlane.kubeconfig)
})
afterAll(async () => {
  admin.close()
  await Promise.all([controlPlane.stop(), stranger.stop()])
})

const expected = async () => ({
  'client-ca-file': (await identityOf(controlPlane, 'ca')).certificate.replace(/\n?$/, '\n'),
  'requestheader-allowed-names': '["front-proxy-client"]',
  'requestheader-client-ca-file': (await identityOf(controlPlane, 'front-proxy-ca')).certificate.replace(/\n?$/, '\n'),
  'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
  'requestheader-group-headers': '["X-Remote-Group"]',
  'requestheader-uid-headers': '["X-Remote-Uid"]',
  'requestheader-username-headers': '["X-Remote-User"]',
})

test('is there at the start', async () => {
  expect((await admin.get(path)).json.data).toEqual(await expected())
})

test('comes back when it is deleted or changed, and what others have put there stays', async () => {
  const other = (await identityOf(stranger, 'ca')).certificate
  const watch = await admin.watch(
    '/api/v1/namespaces/kube-system/configmaps?watch=true&fieldSelector=metadata.name%3Dextension-apiserver-authentication',
  )
  expect((await watch.next()).type).toBe('ADDED')
  await admin.delete(path)
  const [, again] = await watch.take(2)
  expect([again?.type, again?.object.data]).toEqual(['ADDED', await expected()])
  await admin.patch(
    path,
    {
      data: { 'client-ca-file': other, 'requestheader-group-headers': '["X-Team"]', 'requestheader-uid-headers': null },
    },
    'merge',
  )
  const events = await watch.until(({ object }) => object.data?.['requestheader-uid-headers'] !== undefined)
  const data = events.at(-1)?.object.data ?? {}
  expect(data['requestheader-group-headers']).toBe('["X-Team","X-Remote-Group"]')
  expect(data['client-ca-file']).toBe(`${other.replace(/\n?$/, '\n')}${(await expected())['client-ca-file']}`)
})
