import { generateKeyPairSync } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '@fairlead/apimachinery'
import { defaultAuthenticationSettings } from 'fairlead'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type HttpsClient, httpsClient } from '../support/https-client.ts'
import { requestAs } from '../support/request-as.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { signToken, tokenParts } from '../support/tokens.ts'

const whoami = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
const issuer = 'https://kubernetes.default.svc.cluster.local'
const core = '/api/v1/namespaces/default'
const year = 365 * 24 * 3600

let controlPlane: TestControlPlane
let admin: HttpsClient
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  admin = await httpsClient(controlPlane.kubeconfig)
})
afterAll(async () => {
  admin.close()
  await controlPlane.stop()
})

async function make(resource: string, name: string, more: object = {}): Promise<string> {
  const answer = await admin.post(`${core}/${resource}`, { metadata: { name }, ...more })
  expect([answer.status, answer.json.message]).toEqual([201, undefined])
  return answer.json.metadata.uid
}
const account = (name: string) => make('serviceaccounts', name)
const pod = (name: string, more: object) =>
  make('pods', name, { spec: { containers: [{ name: 'c', image: 'i' }], ...more } })
const request = (name: string, spec: object = {}, metadata: object = {}) =>
  admin.post(`${core}/serviceaccounts/${name}/token`, { metadata, spec })
const issue = async (name: string, spec: object = {}) => tokenOf(await request(name, spec))
const tokenOf = (answer: Answer) => {
  expect([answer.status, answer.json.message]).toEqual([201, undefined])
  return (answer.json.status as { token: string }).token
}
const use = (token: string) =>
  requestAs(admin.credentials, undefined, whoami, {
    method: 'POST',
    body: {},
    headers: [['authorization', `Bearer ${token}`]],
  })
const userOf = (answer: Answer) => (answer.json.status as { userInfo: JsonObject }).userInfo
const bound = (kind: string, name: string, uid?: string) => ({
  boundObjectRef: { kind, apiVersion: 'v1', name, ...(uid === undefined ? {} : { uid }) },
})

describe('TokenRequest', () => {
  test('the answer has the whole request, its status, and a token with exact claims', async () => {
    const uid = await account('exact')
    const answer = await request('exact')
    const token = tokenOf(answer)
    expect(answer.json).toEqual({
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name: 'exact', namespace: 'default', uid, creationTimestamp: expect.any(String) },
      spec: { audiences: [issuer], expirationSeconds: 3600, boundObjectRef: null },
      status: { token, expirationTimestamp: expect.any(String) },
    })
    const { header, claims } = tokenParts(token)
    expect(header).toEqual({ alg: 'ES256', kid: expect.stringMatching(/^[\w-]{43}$/) })
    const issued = Number(claims['iat'])
    expect(JSON.stringify(claims)).toBe(
      JSON.stringify({
        aud: [issuer],
        exp: issued + 3600,
        iat: issued,
        iss: issuer,
        jti: claims['jti'],
        'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'exact', uid } },
        nbf: issued,
        sub: 'system:serviceaccount:default:exact',
      }),
    )
    const { expirationTimestamp } = answer.json.status as { expirationTimestamp: string }
    expect(Date.parse(expirationTimestamp) - Date.parse(answer.json.metadata.creationTimestamp)).toBe(3_600_000)
  })

  const refused: readonly (readonly [string, object, object, number, string])[] = [
    [
      'too short',
      { expirationSeconds: 599 },
      {},
      422,
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
    ],
    [
      'too long',
      { expirationSeconds: 2 ** 32 + 1 },
      {},
      422,
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
    ],
    [
      'another name',
      {},
      { name: 'other' },
      422,
      'TokenRequest.authentication.k8s.io "refusing" is invalid: metadata.name: Invalid value: "other": must match the service account name if specified',
    ],
    [
      'another uid',
      {},
      { uid: 'other' },
      409,
      'Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "refusing": the UID in the token request (other) does not match the UID of the service account (UID)',
    ],
    ['a pod that is not there', bound('Pod', 'none'), {}, 404, 'pods "none" not found'],
    ['a secret that is not there', bound('Secret', 'none'), {}, 404, 'secrets "none" not found'],
    ['a node that is not there', bound('Node', 'none'), {}, 404, 'nodes "none" not found'],
    [
      'a kind that tokens are not bound to',
      { boundObjectRef: { kind: 'Deployment', apiVersion: 'apps/v1', name: 'd' } },
      {},
      400,
      'cannot bind token to object of type apps/v1, Kind=Deployment',
    ],
    [
      "another service account's pod",
      bound('Pod', 'foreign'),
      {},
      400,
      'cannot bind token for serviceaccount "refusing" to pod running with different serviceaccount name.',
    ],
  ]
  let uid: string
  beforeAll(async () => {
    uid = await account('refusing')
    await pod('foreign', { serviceAccountName: 'other' })
  })
  test.each(refused)('%s', async (_what, spec, metadata, status, message) => {
    const answer = await request('refusing', spec, metadata)
    expect([answer.status, answer.json.message]).toEqual([status, message.replace('(UID)', `(${uid})`)])
  })

  test('of a service account that is not there', async () => {
    const answer = await request('none')
    expect([answer.status, answer.json.message]).toEqual([404, 'serviceaccounts "none" not found'])
  })

  test('what a kubelet asks for on behalf of a pod is extended, and tells where the pod runs', async () => {
    const accountUid = await account('kubelet')
    const nodeAnswer = await admin.post('/api/v1/nodes', { metadata: { name: 'worker' } })
    const nodeUid = nodeAnswer.json.metadata.uid
    const podUid = await pod('extended', { serviceAccountName: 'kubelet', nodeName: 'worker' })
    const answer = await request('kubelet', { expirationSeconds: 3607, ...bound('Pod', 'extended', podUid) })
    const token = tokenOf(answer)
    const { claims } = tokenParts(token)
    const issued = Number(claims['iat'])
    expect(claims['exp']).toBe(issued + year)
    expect(claims['kubernetes.io']).toEqual({
      namespace: 'default',
      node: { name: 'worker', uid: nodeUid },
      pod: { name: 'extended', uid: podUid },
      serviceaccount: { name: 'kubelet', uid: accountUid },
      warnafter: issued + 3607,
    })
    const { expirationTimestamp } = answer.json.status as { expirationTimestamp: string }
    expect(Date.parse(expirationTimestamp) - Date.parse(answer.json.metadata.creationTimestamp)).toBe(3_607_000)
    expect(userOf(await use(token))).toEqual({
      username: 'system:serviceaccount:default:kubelet',
      uid: accountUid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [`JTI=${String(claims['jti'])}`],
        'authentication.kubernetes.io/node-name': ['worker'],
        'authentication.kubernetes.io/node-uid': [nodeUid],
        'authentication.kubernetes.io/pod-name': ['extended'],
        'authentication.kubernetes.io/pod-uid': [podUid],
      },
    })
    const forVault = await issue('kubelet', {
      expirationSeconds: 3607,
      audiences: ['vault'],
      ...bound('Pod', 'extended'),
    })
    expect(Number(tokenParts(forVault).claims['exp']) - Number(tokenParts(forVault).claims['iat'])).toBe(3607)
  })
})

describe('a token ends at the next request', () => {
  const refusedAfter = async (token: string, end: () => Promise<unknown>) => {
    expect((await use(token)).status).toBe(201)
    await end()
    expect((await use(token)).status).toBe(401)
  }

  test('when its service account is deleted, also when another of the name comes', async () => {
    await account('leaving')
    const token = await issue('leaving')
    await refusedAfter(token, () => admin.delete(`${core}/serviceaccounts/leaving`))
    await account('leaving')
    expect((await use(token)).status).toBe(401)
  })

  test('when its pod is deleted', async () => {
    await account('pod-owner')
    await pod('short', { serviceAccountName: 'pod-owner' })
    const token = await issue('pod-owner', bound('Pod', 'short'))
    await refusedAfter(token, () => admin.delete(`${core}/pods/short`, { gracePeriodSeconds: 0 }))
  })

  test('when its secret is deleted', async () => {
    await account('secret-owner')
    await make('secrets', 'anchor')
    const token = await issue('secret-owner', bound('Secret', 'anchor'))
    await refusedAfter(token, () => admin.delete(`${core}/secrets/anchor`))
    await make('secrets', 'anchor')
    expect((await use(token)).status).toBe(401)
  })

  test('when its node is deleted', async () => {
    await account('node-owner')
    await admin.post('/api/v1/nodes', { metadata: { name: 'old' } })
    const token = await issue('node-owner', bound('Node', 'old'))
    expect(userOf(await use(token))['extra']).toMatchObject({ 'authentication.kubernetes.io/node-name': ['old'] })
    await refusedAfter(token, () => admin.delete('/api/v1/nodes/old'))
  })
})

describe('tokens in secrets', () => {
  test('are good as long as the secret holds them, and the day of use is noted', async () => {
    const uid = await account('legacy')
    const key = await readFile(join(controlPlane.folder, 'pki', 'sa.key'), 'utf8')
    const claims = {
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': 'default',
      'kubernetes.io/serviceaccount/secret.name': 'legacy-token',
      'kubernetes.io/serviceaccount/service-account.name': 'legacy',
      'kubernetes.io/serviceaccount/service-account.uid': uid,
      sub: 'system:serviceaccount:default:legacy',
    }
    const token = signToken({ alg: 'ES256' }, claims, key)
    expect((await use(token)).status).toBe(401)
    await make('secrets', 'legacy-token', {
      type: 'kubernetes.io/service-account-token',
      metadata: { name: 'legacy-token', annotations: { 'kubernetes.io/service-account.name': 'legacy' } },
      data: { token: Buffer.from(token).toString('base64') },
    })
    const answer = await use(token)
    expect([userOf(answer), answer.headers['warning']]).toEqual([
      {
        username: 'system:serviceaccount:default:legacy',
        uid,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      },
      undefined,
    ])
    const { metadata } = (await admin.get(`${core}/secrets/legacy-token`)).json
    expect(metadata.labels).toEqual({
      'kubernetes.io/legacy-token-last-used': new Date().toISOString().slice(0, 10),
    })
    await admin.patch(`${core}/serviceaccounts/legacy`, { secrets: [{ name: 'legacy-token' }] }, 'merge')
    expect((await use(token)).headers['warning']).toContain(
      'Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated secret-based tokens.',
    )
    const review = async () =>
      (await admin.post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token } })).json.status
    expect(await review()).toMatchObject({ authenticated: true, audiences: [issuer] })
    const labels = { 'kubernetes.io/legacy-token-invalid-since': '2026-01-01' }
    await admin.patch(`${core}/secrets/legacy-token`, { metadata: { labels } }, 'merge')
    expect(await review()).toEqual({
      user: {},
      error:
        "the token in secret default/legacy-token for service account default/legacy has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the 'kubernetes.io/legacy-token-invalid-since' label from the secret to temporarily allow use of this token",
    })
    await admin.delete(`${core}/secrets/legacy-token`)
    expect(await review()).toEqual({ user: {}, error: 'Token has been invalidated' })
  })
})

describe('audiences of TokenReview', () => {
  const review = async (token: string, audiences?: readonly string[]) =>
    (await admin.post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token, audiences } })).json.status

  test('the answer has those asked for that the token is good for', async () => {
    await account('reviewed')
    const token = await issue('reviewed', { audiences: ['vault', 'db'] })
    expect(await review(token, ['db', 'x'])).toMatchObject({ authenticated: true, audiences: ['db'] })
    expect(await review(token)).toEqual({
      user: {},
      error: `token audiences ["vault" "db"] is invalid for the target audiences ["${issuer}"]`,
    })
    expect(await review(await issue('reviewed'), ['vault'])).toMatchObject({
      error: `token audiences ["${issuer}"] is invalid for the target audiences ["vault"]`,
    })
  })
})

describe('issuer discovery', () => {
  test('documents for those who verify tokens', async () => {
    const { host, port } = admin.credentials
    const configuration = await admin.get('/.well-known/openid-configuration')
    expect(configuration.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'public, max-age=3600',
    })
    expect(configuration.text).toBe(
      `{"issuer":"${issuer}","jwks_uri":"https://${host}:${port}/openid/v1/jwks","response_types_supported":["id_token"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["ES256"]}`,
    )
    const keys = await admin.get('/openid/v1/jwks')
    expect(keys.headers).toMatchObject({
      'content-type': 'application/jwk-set+json',
      'cache-control': 'public, max-age=3600',
    })
    expect(JSON.parse(keys.text)).toEqual({
      keys: [
        {
          use: 'sig',
          kty: 'EC',
          kid: expect.any(String),
          crv: 'P-256',
          alg: 'ES256',
          x: expect.any(String),
          y: expect.any(String),
        },
      ],
    })
  })
})

describe('keys and limits from flags', () => {
  test('RSA keys; several issuers; the longest life of a token', async () => {
    const folder = await temporaryFolder()
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const [signingKeyFile, keyFile] = [join(folder.path, 'key.pem'), join(folder.path, 'pub.pem')]
    await writeFile(signingKeyFile, privateKey.export({ type: 'pkcs1', format: 'pem' }))
    await writeFile(keyFile, publicKey.export({ type: 'spki', format: 'pem' }))
    const other = await startTestControlPlane({
      authentication: {
        ...defaultAuthenticationSettings,
        serviceAccounts: {
          ...defaultAuthenticationSettings.serviceAccounts,
          issuers: ['https://new.example', 'https://old.example'],
          signingKeyFile,
          keyFiles: [keyFile],
          jwksUri: 'https://keys.example/jwks',
          maxTokenExpiration: 7_200_000,
        },
      },
    })
    const client = await httpsClient(other.kubeconfig)
    try {
      await client.post(`${core}/serviceaccounts`, { metadata: { name: 'robot' } })
      const answer = await client.post(`${core}/serviceaccounts/robot/token`, { spec: { expirationSeconds: 10_000 } })
      expect(answer.headers['warning']).toBe('299 - "requested expiration of 10000 seconds shortened to 7200 seconds"')
      const token = tokenOf(answer)
      const { header, claims } = tokenParts(token)
      expect([header['alg'], claims['iss'], claims['aud']]).toEqual([
        'RS256',
        'https://new.example',
        ['https://new.example', 'https://old.example'],
      ])
      expect(Number(claims['exp']) - Number(claims['iat'])).toBe(7200)
      const old = signToken(
        header,
        { ...claims, iss: 'https://old.example' },
        privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      )
      for (const each of [token, old]) {
        const review = await client.post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: each } })
        expect(review.json.status).toMatchObject({ authenticated: true })
      }
      expect(JSON.parse((await client.get('/openid/v1/jwks')).text).keys).toEqual([
        { use: 'sig', kty: 'RSA', kid: header['kid'], alg: 'RS256', n: expect.any(String), e: 'AQAB' },
      ])
      expect(JSON.parse((await client.get('/.well-known/openid-configuration')).text)).toMatchObject({
        jwks_uri: 'https://keys.example/jwks',
        id_token_signing_alg_values_supported: ['RS256'],
      })
    } finally {
      client.close()
      await other.stop()
      await folder.remove()
    }
  })

  test('a restart keeps the key', async () => {
    const folder = await temporaryFolder()
    const first = await startTestControlPlane({ dataDir: folder.path })
    const before = await readFile(join(folder.path, 'pki', 'sa.key'), 'utf8')
    await first.stop()
    const second = await startTestControlPlane({ dataDir: folder.path })
    await second.stop()
    expect(await readFile(join(folder.path, 'pki', 'sa.key'), 'utf8')).toBe(before)
    await folder.remove()
  })
})
