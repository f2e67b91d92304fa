import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '@fairlead/apimachinery'
import { type AuthenticationSettings, type ControlPlaneOptions, defaultAuthenticationSettings } from 'fairlead'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { startHttpsServer } from '../support/https-server.ts'
import { identityOf } from '../support/identities.ts'
import { requestAs } from '../support/request-as.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { signToken } from '../support/tokens.ts'

const reviews = '/apis/authentication.k8s.io/v1/tokenreviews'
const now = Math.floor(Date.now() / 1000)
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString()
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** Lends its certificates to the issuer. */
let lender: TestControlPlane
let issuer: Awaited<ReturnType<typeof startHttpsServer>>
let authority: string
let document: (url: string) => JsonObject = (url) => ({ issuer: url, jwks_uri: `${url}/keys` })

beforeAll(async () => {
  lender = await startTestControlPlane()
  authority = (await identityOf(lender, 'ca')).certificate
  issuer = await startHttpsServer(await identityOf(lender, 'apiserver'), ({ url }, _body, response) => {
    const keys = [
      { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'r', use: 'sig' },
      { ...ec.publicKey.export({ format: 'jwk' }), kid: 'e', alg: 'ES256' },
    ]
    const body =
      url === '/.well-known/openid-configuration' || url === '/elsewhere'
        ? document(issuer.url)
        : url === '/keys'
          ? { keys }
          : undefined
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? {}))
  })
})
afterAll(async () => {
  await issuer.close()
  await lender.stop()
})

/** Runs with a control plane whose authentication is set up as told. */
async function withServer(
  settings: Partial<AuthenticationSettings>,
  use: (admin: HttpsClient, review: (token: string) => Promise<unknown>) => Promise<void>,
  options: Partial<ControlPlaneOptions> = {},
): Promise<void> {
  const controlPlane = await startTestControlPlane({
    authentication: { ...defaultAuthenticationSettings, ...settings },
    ...options,
  })
  const admin = await httpsClient(controlPlane.kubeconfig)
  try {
    await use(admin, async (token) => (await admin.post(reviews, { spec: { token } })).json.status)
  } finally {
    admin.close()
    await controlPlane.stop()
  }
}

const claims = (more: JsonObject = {}): JsonObject => ({
  iss: issuer.url,
  aud: 'fairlead',
  sub: 'jane',
  exp: now + 3600,
  iat: now,
  ...more,
})
const token = (more: JsonObject = {}, header: JsonObject = { alg: 'RS256', kid: 'r' }, key = rsa.privateKey) =>
  signToken(header, claims(more), pem(key))
const file = async (name: string, text: string) => {
  const path = join(lender.folder, name)
  await writeFile(path, text)
  return path
}

describe('OIDC by flags', () => {
  const flags = async (more: Partial<AuthenticationSettings['oidc']> = {}) => ({
    oidc: {
      ...defaultAuthenticationSettings.oidc,
      issuerUrl: issuer.url,
      clientId: 'fairlead',
      caFile: await file('ca.pem', authority),
      ...more,
    },
  })

  test('the subject with the issuer in front is the user', async () => {
    await withServer(await flags(), async (admin, review) => {
      expect(await review(token({ jti: 'x' }))).toEqual({
        authenticated: true,
        user: {
          username: `${issuer.url}#jane`,
          groups: ['system:authenticated'],
          extra: { 'authentication.kubernetes.io/credential-id': ['JTI=x'] },
        },
        audiences: ['https://kubernetes.default.svc.cluster.local'],
      })
      const whoami = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
      const headers = [['authorization', `Bearer ${token()}`]] as const
      const answer = await requestAs(admin.credentials, undefined, whoami, { method: 'POST', body: {}, headers })
      expect(answer.status).toBe(201)
    })
  })

  test('what is wrong with a token', async () => {
    await withServer(await flags({ requiredClaims: ['team=a'] }), async (admin, review) => {
      const bad: readonly (readonly [string, string])[] = [
        [token({ team: 'b' }), 'oidc: required claim team value does not match. Got = b, want = a'],
        [token(), 'oidc: required claim team not present in ID token'],
        [token({ exp: now - 1 }), 'oidc: verify token: oidc: token is expired'],
        [token({ exp: null }), 'oidc: verify token: oidc: token is expired'],
        [token({ nbf: now + 120 }), 'oidc: verify token: oidc: current time'],
        [token({ aud: ['x', 'y'] }), 'oidc: verify token: oidc: expected audience in ["fairlead"] got ["x" "y"]'],
        [token({ sub: null }), 'oidc: parse username claims "sub": it is not a string'],
        [token({}, { alg: 'RS256', kid: 'r' }, other.privateKey), 'oidc: verify token: failed to verify signature'],
        [token({}, { alg: 'RS256', kid: 'z' }), 'oidc: verify token: failed to verify signature'],
        [
          token({}, { alg: 'ES256', kid: 'e' }, ec.privateKey),
          'oidc: verify token: oidc: id token signed with unsupported algorithm, expected ["RS256"] got "ES256"',
        ],
        [token({}, { alg: 'none' }), 'oidc: verify token: oidc: id token signed with unsupported algorithm'],
        [token({}, { alg: 'HS256', kid: 'r' }), 'oidc: verify token: oidc: id token signed with unsupported algorithm'],
        [token({ iss: 'https://elsewhere' }), 'invalid bearer token'],
      ]
      for (const [each, error] of bad) {
        expect(await review(each)).toEqual({ user: {}, error: expect.stringContaining(error) })
      }
      expect(await review(token({ team: 'a' }))).toMatchObject({ authenticated: true })
      expect((await admin.get('/readyz')).status).toBe(200)
    })
  })

  test('email addresses have no prefix and must be verified; groups', async () => {
    const more = { usernameClaim: 'email', groupsClaim: 'roles', groupsPrefix: 'oidc:' }
    await withServer(await flags(more), async (_admin, review) => {
      expect(await review(token({ email: 'jane@x', roles: ['a', 'b'] }))).toMatchObject({
        user: { username: 'jane@x', groups: ['oidc:a', 'oidc:b', 'system:authenticated'] },
      })
      expect(await review(token({ email: 'jane@x', roles: 'a' }))).toMatchObject({
        user: { groups: ['oidc:a', 'system:authenticated'] },
      })
      expect(await review(token({ email: 'jane@x', email_verified: false }))).toMatchObject({
        error: 'oidc: email not verified',
      })
      expect(await review(token({ email: 'jane@x', roles: [1] }))).toMatchObject({
        error: expect.stringContaining('oidc: parse groups claim "roles"'),
      })
      expect(await review(token({ email: 'jane@x', _claim_names: { roles: 's' } }))).toMatchObject({
        error: expect.stringContaining('could not expand distributed claims'),
      })
    })
  })

  test('an issuer that cannot be trusted is not', async () => {
    const { oidc } = await flags()
    const { caFile: _caFile, ...withoutAuthority } = oidc
    await withServer({ oidc: withoutAuthority }, async (_admin, review) => {
      expect(await review(token())).toEqual({ user: {}, error: 'oidc: authenticator not initialized' })
    })
    document = () => ({ issuer: 'https://elsewhere', jwks_uri: `${issuer.url}/keys` })
    await withServer(await flags(), async (_admin, review) => {
      expect(await review(token())).toEqual({ user: {}, error: 'oidc: authenticator not initialized' })
    })
    document = (url) => ({ issuer: url, jwks_uri: `${url}/keys` })
  })

  const wrong: readonly (readonly [string, Partial<AuthenticationSettings['oidc']>, string])[] = [
    ['no client', { issuerUrl: 'https://x' }, 'oidc-issuer-url and oidc-client-id must be specified together'],
    [
      'an algorithm',
      { issuerUrl: 'https://x', clientId: 'c', signingAlgs: ['HS256'] },
      'oidc: unsupported signing alg: "HS256"',
    ],
    ['plain http', { issuerUrl: 'http://x', clientId: 'c' }, 'URL scheme must be https'],
    [
      'our own issuer',
      { issuerUrl: 'https://kubernetes.default.svc.cluster.local', clientId: 'c' },
      'URL must not overlap with disallowed issuers',
    ],
  ]
  test.each(wrong)('%s', async (_what, oidc, message) => {
    const settings = { oidc: { ...defaultAuthenticationSettings.oidc, ...oidc } }
    await expect(withServer(settings, () => Promise.resolve())).rejects.toThrow(message)
  })
})

describe('AuthenticationConfiguration', () => {
  const configuration = (jwt: object, more: object = {}) =>
    JSON.stringify({
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthenticationConfiguration',
      jwt: [jwt],
      ...more,
    })
  const issuerOf = (more: object = {}) => ({
    url: issuer.url,
    certificateAuthority: authority,
    audiences: ['fairlead'],
    ...more,
  })

  test('mappings, rules, several audiences, a discovery document elsewhere, every algorithm', async () => {
    const configFile = await file(
      'authentication.json',
      configuration({
        issuer: issuerOf({
          audiences: ['one', 'two'],
          audienceMatchPolicy: 'MatchAny',
          discoveryURL: `${issuer.url}/elsewhere`,
        }),
        claimValidationRules: [{ claim: 'team', requiredValue: 'a' }],
        claimMappings: {
          username: { claim: 'name', prefix: 'ext:' },
          groups: { claim: 'roles', prefix: '' },
          uid: { claim: 'id' },
        },
      }),
    )
    await withServer({ configFile }, async (_admin, review) => {
      const more = { aud: 'two', name: 'jane', roles: ['dev'], id: '7', team: 'a' }
      const user = { username: 'ext:jane', uid: '7', groups: ['dev', 'system:authenticated'] }
      expect(await review(token(more))).toMatchObject({ authenticated: true, user })
      expect(await review(token(more, { alg: 'ES256' }, ec.privateKey))).toMatchObject({ authenticated: true, user })
      expect(await review(token({ ...more, aud: 'three' }))).toMatchObject({ error: expect.any(String) })
      expect(await review(token({ ...more, team: 'b' }))).toMatchObject({ error: expect.any(String) })
    })
  })

  test('who may come without credentials', async () => {
    const configFile = await file(
      'anonymous.yaml',
      'apiVersion: apiserver.config.k8s.io/v1beta1\nkind: AuthenticationConfiguration\nanonymous:\n  enabled: true\n  conditions: [{path: /livez}]\n',
    )
    await withServer({ configFile }, async ({ credentials }) => {
      const status = async (path: string) => (await requestAs(credentials, undefined, path)).status
      expect([await status('/livez'), await status('/livez/ping'), await status('/readyz')]).toEqual([200, 401, 401])
    })
    await expect(withServer({ configFile, anonymousGiven: true }, () => Promise.resolve())).rejects.toThrow(
      '--anonymous-auth flag cannot be set when anonymous field is configured in authentication configuration file',
    )
  })

  test('beside the flags of OIDC', async () => {
    const configFile = await file('beside.json', configuration({ issuer: issuerOf() }))
    const oidc = { ...defaultAuthenticationSettings.oidc, clientId: 'c' }
    await expect(withServer({ configFile, oidc }, () => Promise.resolve())).rejects.toThrow(
      'authentication-config file and oidc-* flags are mutually exclusive',
    )
  })

  test('expressions are refused', async () => {
    const configFile = await file(
      'cel.json',
      configuration({ issuer: issuerOf(), claimMappings: { username: { expression: 'claims.sub' } } }),
    )
    await expect(withServer({ configFile }, () => Promise.resolve())).rejects.toThrow(
      'invalid authentication configuration: jwt[0].claimMappings.username.expression: Invalid value: "claims.sub": CEL expressions are not supported by this server',
    )
  })
})

describe('the token webhook', () => {
  test.each(['v1', 'v1beta1'] as const)('%s: asked once, also again after a failure', async (version) => {
    const asked: JsonObject[] = []
    let failures = 1
    const server = await startHttpsServer(await identityOf(lender, 'apiserver'), (request, body, response) => {
      const review = JSON.parse(body) as JsonObject & { spec: { token: string } }
      asked.push({ ...review, path: request.url ?? '', authorization: request.headers.authorization ?? '' })
      if (failures-- > 0) {
        response.writeHead(500).end('{}')
        return
      }
      const known = review.spec.token === 'known'
      const user = { username: 'jane', uid: '7', groups: ['dev'], extra: { k: ['v'] } }
      const status = known
        ? { authenticated: true, user }
        : { authenticated: false, error: review.spec.token === 'cursed' ? 'cursed' : '' }
      response.writeHead(201, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ kind: review['kind'], apiVersion: review['apiVersion'], status }))
    })
    const kubeconfig = {
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [
        {
          name: 'c',
          cluster: {
            server: `${server.url}/authenticate`,
            'certificate-authority-data': Buffer.from(authority).toString('base64'),
          },
        },
      ],
      users: [{ name: 'u', user: { token: 'mine' } }],
    }
    const configFile = await file(`webhook-${version}.json`, JSON.stringify(kubeconfig))
    const webhook = { ...defaultAuthenticationSettings.webhook, configFile, version }
    await withServer({ webhook }, async (_admin, review) => {
      const audience = 'https://kubernetes.default.svc.cluster.local'
      const good = {
        authenticated: true,
        user: { username: 'jane', uid: '7', groups: ['dev', 'system:authenticated'], extra: { k: ['v'] } },
        audiences: [audience],
      }
      expect(await review('known')).toEqual(good)
      expect(await review('known')).toEqual(good)
      const question = {
        kind: 'TokenReview',
        apiVersion: `authentication.k8s.io/${version}`,
        metadata: {},
        spec: { token: 'known', audiences: [audience] },
        path: '/authenticate',
        authorization: 'Bearer mine',
      }
      expect(asked).toEqual([question, question])
      expect(await review('unknown')).toEqual({ user: {}, error: 'invalid bearer token' })
      expect(await review('unknown')).toEqual({ user: {}, error: 'invalid bearer token' })
      expect(asked).toHaveLength(3)
      expect(await review('cursed')).toEqual({ user: {}, error: 'cursed' })
    })
    await server.close()
  })
})
