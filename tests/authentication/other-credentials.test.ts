import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultAuthenticationSettings } from 'fairlead'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { requestAs } from '../support/request-as.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const whoami = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
let controlPlane: TestControlPlane
let admin: HttpsClient
let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  folder = await temporaryFolder()
  const basicAuthFile = join(folder.path, 'passwords.csv')
  await writeFile(basicAuthFile, 'pass:word,jane,7,"dev,ops"\nold,bob,8\nnew,bob,8\n')
  controlPlane = await startTestControlPlane({
    authentication: { ...defaultAuthenticationSettings, basicAuthFile, bootstrapTokens: true },
  })
  admin = await httpsClient(controlPlane.kubeconfig)
})
afterAll(async () => {
  admin.close()
  await controlPlane.stop()
  await folder.remove()
})

const send = (authorization: string) =>
  requestAs(admin.credentials, undefined, whoami, {
    method: 'POST',
    body: {},
    headers: [['authorization', authorization]],
  })
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('passwords', () => {
  test('jane comes with hers', async () => {
    expect((await send(basic('jane:pass:word'))).json.status).toEqual({
      userInfo: { username: 'jane', uid: '7', groups: ['dev', 'ops', 'system:authenticated'] },
    })
    expect((await send(basic('bob:new'))).status).toBe(201)
  })

  test.each([
    ['wrong', basic('jane:wrong')],
    ['of somebody else', basic('bob:pass:word')],
    ['replaced by a later row', basic('bob:old')],
    ['empty', basic('jane:')],
    ['unknown user', basic('eve:x')],
  ])('%s', async (_what, header) => {
    const answer = await send(header)
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Basic realm="kubernetes-master"'])
  })

  test.each([
    ['no colon', basic('jane')],
    ['not base64', 'Basic !!!'],
  ])('what is no password is none: %s', async (_what, header) => {
    expect((await send(header)).json['message']).toContain('User "system:anonymous" cannot create')
  })
})

describe('bootstrap tokens', () => {
  const secrets = '/api/v1/namespaces/kube-system/secrets'
  const base = {
    'token-id': 'abcdef',
    'token-secret': '0123456789abcdef',
    'usage-bootstrap-authentication': 'true',
    'auth-extra-groups': 'system:bootstrappers:workers',
  }
  const put = async (stringData: Record<string, string>, type = 'bootstrap.kubernetes.io/token') => {
    const data = Object.fromEntries(
      Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    )
    await admin.delete(`${secrets}/bootstrap-token-abcdef`)
    const answer = await admin.post(secrets, { metadata: { name: 'bootstrap-token-abcdef' }, type, data })
    expect(answer.status).toBe(201)
  }
  const use = () => send('Bearer abcdef.0123456789abcdef')

  test('one in its secret is good', async () => {
    await put({ ...base, expiration: new Date(Date.now() + 60_000).toISOString() })
    expect((await use()).json.status).toEqual({
      userInfo: {
        username: 'system:bootstrap:abcdef',
        groups: ['system:bootstrappers', 'system:bootstrappers:workers', 'system:authenticated'],
      },
    })
    expect((await send('Bearer abcdef.0123456789abcdeg')).status).toBe(401)
    await admin.delete(`${secrets}/bootstrap-token-abcdef`)
    expect((await use()).status).toBe(401)
  })

  test.each<[string, Record<string, string>, string?]>([
    ['expired', { ...base, expiration: '2020-01-01T00:00:00Z' }],
    ['with an expiry that cannot be read', { ...base, expiration: 'tomorrow' }],
    ['not for authentication', { ...base, 'usage-bootstrap-authentication': 'false' }],
    ['with another id', { ...base, 'token-id': 'abcdeg' }],
    ['with a group that is not allowed', { ...base, 'auth-extra-groups': 'system:masters' }],
    ['in a secret of another type', base, 'Opaque'],
  ])('%s', async (_what, data, type) => {
    await put(data, type)
    expect((await use()).status).toBe(401)
  })
})
