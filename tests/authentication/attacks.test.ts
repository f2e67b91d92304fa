import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '@fairlead/apimachinery'
import { defaultAuthenticationSettings } from 'fairlead'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { identityOf } from '../support/identities.ts'
import { type Identity, requestAs } from '../support/request-as.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { signToken, tokenParts } from '../support/tokens.ts'

const whoami = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
const hour = 3600

let controlPlane: TestControlPlane
let stranger: TestControlPlane
let admin: HttpsClient
let key: string
let good: { readonly header: JsonObject; readonly claims: JsonObject }
const logged: string[] = []

beforeAll(async () => {
  const record = (fields: object, message: string) => {
    const errors = Object.values(fields).map((value) => (value instanceof Error ? String(value.stack) : ''))
    logged.push(JSON.stringify(fields), message, ...errors)
  }
  const logger = { debug: record, info: record, warn: record, error: record }
  ;[controlPlane, stranger] = await Promise.all([startTestControlPlane({}, { logger }), startTestControlPlane()])
  admin = await httpsClient(controlPlane.kubeconfig)
  key = await readFile(join(controlPlane.folder, 'pki', 'sa.key'), 'utf8')
  await admin.post('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'robot' } })
  const answer = await admin.post('/api/v1/namespaces/default/serviceaccounts/robot/token', {})
  good = tokenParts((answer.json.status as { token: string }).token)
})
afterAll(async () => {
  admin.close()
  await Promise.all([controlPlane.stop(), stranger.stop()])
})

const send = (identity: Identity | undefined, headers: readonly (readonly [string, string])[] = []) =>
  requestAs(admin.credentials, identity, whoami, { method: 'POST', body: {}, headers })
const sendToken = (token: string) => send(undefined, [['authorization', `Bearer ${token}`]])
const unauthorized = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
}
const nameOf = (answer: { json: { status: unknown } }) =>
  (answer.json.status as { userInfo: { username: string } }).userInfo.username

describe('tokens', () => {
  const now = Math.floor(Date.now() / 1000)
  const pem = (pair: { readonly privateKey: KeyObject }) =>
    pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const es256 = () => pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
  const forged: readonly (readonly [string, () => string | Promise<string>])[] = [
    ['expired', () => signToken(good.header, { ...good.claims, exp: now - 61 }, key)],
    ['not yet valid', () => signToken(good.header, { ...good.claims, nbf: now + hour }, key)],
    ['issued in the future', () => signToken(good.header, { ...good.claims, iat: now + hour }, key)],
    ['for another audience', () => signToken(good.header, { ...good.claims, aud: ['vault'] }, key)],
    ['of another issuer', () => signToken(good.header, { ...good.claims, iss: 'https://elsewhere' }, key)],
    ['of no issuer', () => signToken(good.header, { ...good.claims, iss: '' }, key)],
    ['with an expiry that is no number', () => signToken(good.header, { ...good.claims, exp: 'never' }, key)],
    ['alg none', () => signToken({ ...good.header, alg: 'none' }, good.claims, key)],
    ['alg None', () => signToken({ ...good.header, alg: 'none' }, good.claims, key).replace('bm9uZ', 'Tm9uZ')],
    ['without a signature', () => signToken(good.header, good.claims, key).replace(/[^.]*$/, '')],
    [
      'HMAC with the public key',
      async () => {
        const publicKey = await readFile(join(controlPlane.folder, 'pki', 'sa.pub'), 'utf8')
        return signToken({ ...good.header, alg: 'HS256' }, good.claims, publicKey)
      },
    ],
    ['wrong key', () => signToken(good.header, good.claims, es256())],
    ['wrong key without its name', () => signToken({ alg: 'ES256' }, good.claims, es256())],
    ['a key that nobody knows', () => signToken({ alg: 'ES256', kid: 'x' }, good.claims, key)],
    [
      'RSA',
      () =>
        signToken(
          { ...good.header, alg: 'RS256' },
          good.claims,
          pem(generateKeyPairSync('rsa', { modulusLength: 2048 })),
        ),
    ],
    [
      'key in the header',
      () => {
        const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
        const header = { alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }) as JsonObject }
        return signToken(header, good.claims, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
      },
    ],
    ['unknown critical header', () => signToken({ ...good.header, crit: ['x'], x: 1 }, good.claims, key)],
    [
      'claims changed after signing',
      () => {
        const [header, , signature] = signToken(good.header, good.claims, key).split('.')
        const claims = { ...good.claims, sub: 'system:serviceaccount:kube-system:robot' }
        return `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
      },
    ],
    [
      'another uid',
      () =>
        signToken(
          good.header,
          { ...good.claims, 'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'robot', uid: 'x' } } },
          key,
        ),
    ],
    ['nobody', () => signToken(good.header, { ...good.claims, 'kubernetes.io': {} }, key)],
    ['two parts', () => 'a.b'],
    ['four parts', () => 'a.b.c.d'],
    ['no JSON', () => `${Buffer.from('x').toString('base64url')}.${Buffer.from('x').toString('base64url')}.x`],
    ['a list of claims', () => `e30.${Buffer.from('[]').toString('base64url')}.x`],
    ['deep JSON', () => `e30.${Buffer.from('['.repeat(5000)).toString('base64url')}.x`],
    ['a bootstrap token', () => 'abcdef.0123456789abcdef'],
    ['a word', () => 'secret'],
  ]

  test('a good one is let in, also a minute after its expiry', async () => {
    expect(nameOf(await sendToken(signToken(good.header, good.claims, key)))).toBe(
      'system:serviceaccount:default:robot',
    )
    const late = signToken(good.header, { ...good.claims, exp: now - 30 }, key)
    expect((await sendToken(late)).status).toBe(201)
  })

  test.each(forged)('%s', async (_what, make) => {
    const token = await make()
    const answer = await sendToken(token)
    expect([answer.status, answer.json]).toEqual([401, unauthorized])
    const review = await admin.post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token } })
    expect(review.json.status).toEqual({ user: {}, error: expect.any(String) })
    expect(JSON.stringify(review.json.status)).not.toContain(token)
  })

  test('many wrong ones are all refused, others are served meanwhile, and none is logged', async () => {
    const tokens = Array.from({ length: 500 }, (_, index) =>
      index % 2 === 0 ? `wrong-token-${index}` : signToken({ alg: 'ES256', kid: 'x' }, good.claims, key),
    )
    const [answers, other] = await Promise.all([
      Promise.all(tokens.map((token) => admin.call('POST', whoami, bearer(token)))),
      admin.get('/api/v1/namespaces/default'),
    ])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    const strangers = await Promise.all(tokens.slice(0, 100).map(sendToken))
    expect(new Set(strangers.map(({ status }) => status))).toEqual(new Set([401]))
    expect(other.status).toBe(200)
  })
  const bearer = (token: string) => ({ body: {}, headers: { authorization: `Bearer ${token}` } })

  afterAll(async () => {
    const text = logged.join('\n')
    expect(text).not.toContain('wrong-token')
    for (const [what, make] of forged) {
      const token = await make()
      if (token.length > 20) expect([what, text.includes(token)]).toEqual([what, false])
    }
  })
})

describe('certificates', () => {
  test('of another authority', async () => {
    expect((await send(await identityOf(stranger, 'admin'))).json).toEqual(unauthorized)
  })

  test('for servers only', async () => {
    expect((await send(await identityOf(controlPlane, 'apiserver'))).json).toEqual(unauthorized)
  })

  test('a front proxy that speaks for nobody is nobody', async () => {
    expect((await send(await identityOf(controlPlane, 'front-proxy-client'))).json).toEqual(unauthorized)
  })

  test('with a wrong token beside a good one, the certificate counts', async () => {
    const identity = await identityOf(controlPlane, 'admin')
    expect(nameOf(await send(identity, [['authorization', 'Bearer wrong']]))).toBe('kubernetes-admin')
  })
})

describe('headers of front proxies', () => {
  const root: readonly (readonly [string, string])[] = [
    ['X-Remote-User', 'root'],
    ['X-Remote-Group', 'system:masters'],
  ]

  test('are believed from a front proxy', async () => {
    const answer = await send(await identityOf(controlPlane, 'front-proxy-client'), [
      ['X-Remote-User', 'jane'],
      ['X-Remote-User', 'root'],
      ['X-Remote-Uid', '7'],
      ['X-Remote-Group', 'dev, ops'],
      ['x-remote-group', 'qa'],
      ['X-Remote-Group', ''],
      ['X-Remote-Extra-Acme.com%2FScopes', 'view'],
      ['X-Remote-Extra-acme.com%2fscopes', 'edit'],
    ])
    expect((answer.json.status as JsonObject)['userInfo']).toEqual({
      username: 'jane',
      uid: '7',
      groups: ['dev, ops', 'qa', 'system:authenticated'],
      extra: { 'acme.com/scopes': ['view', 'edit'] },
    })
  })

  test('mean nothing from others', async () => {
    expect((await send(undefined, root)).json['message']).toContain('User "system:anonymous" cannot create')
    expect(nameOf(await send(await identityOf(controlPlane, 'admin'), root))).toBe('kubernetes-admin')
    expect((await send(await identityOf(stranger, 'front-proxy-client'), root)).status).toBe(401)
    expect((await send(await identityOf(stranger, 'admin'), root)).status).toBe(401)
    const token = signToken(good.header, good.claims, key)
    const answer = await send(undefined, [...root, ['authorization', `Bearer ${token}`]])
    expect(nameOf(answer)).toBe('system:serviceaccount:default:robot')
  })

  test.each(['X_Remote_User', 'X-Remote_User', 'X-Remote-User.', 'Remote-User', 'Connection'])(
    '%s is not such a header',
    async (name) => {
      const answer = await send(await identityOf(controlPlane, 'front-proxy-client'), [
        [name, name === 'Connection' ? 'X-Remote-User' : 'root'],
      ])
      expect(answer.status).toBe(401)
    },
  )
})

test('a front proxy with a name that is not allowed', async () => {
  const strict = await startTestControlPlane({
    authentication: {
      ...defaultAuthenticationSettings,
      requestHeader: { ...defaultAuthenticationSettings.requestHeader, allowedNames: ['somebody-else'] },
    },
  })
  try {
    const { credentials, close } = await httpsClient(strict.kubeconfig)
    close()
    const headers = [['X-Remote-User', 'root']] as const
    const answer = await requestAs(credentials, await identityOf(strict, 'front-proxy-client'), whoami, {
      method: 'POST',
      body: {},
      headers,
    })
    expect(answer.status).toBe(401)
  } finally {
    await strict.stop()
  }
})
