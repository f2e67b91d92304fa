import { X509Certificate } from 'node:crypto'
import { createManualClock } from '@fairlead/storage/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import type { PeerCertificate } from '../request/api-request.ts'
import { testRequest } from '../request/testing/request.ts'
import { createTestAuthority, type TestAuthority } from '../serving/testing/certificates.ts'
import type { AuthenticatedRequest, RequestAuthenticator } from './authenticator.ts'
import { bearerToken, bearerTokenWarning } from './bearer-token.ts'
import { buildAuthenticator } from './build-authenticator.ts'
import { authenticateTokenFile } from './token-file.ts'
import { withoutWebSocketBearer } from './websocket-bearer.ts'

let authority: TestAuthority
beforeAll(async () => {
  authority = await createTestAuthority('authority')
})

const tokens = authenticateTokenFile('secret,jane,1,"dev,ops"\nother,root,2\n,nobody,3\nsecret2,"a ""b""",4,\n')
const clock = createManualClock(Date.now())
const authenticate: RequestAuthenticator = buildAuthenticator({ clock, tokens })
const upgrade: NonNullable<Parameters<typeof testRequest>[0]['upgrade']> = {
  protocol: 'websocket',
  accept: () => {
    throw new Error('not taken over in this test')
  },
}

describe('bearer tokens', () => {
  const headers: readonly (readonly [string | undefined, string | undefined])[] = [
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['  BEARER abc  ', 'abc'],
    ['Bearer abc def', 'abc'],
    ['Bearer', undefined],
    ['Bearer  abc', undefined],
    ['Basic abc', undefined],
    ['', undefined],
    [undefined, undefined],
  ]
  test.each(headers)('%s', (header, token) => expect(bearerToken(header)).toBe(token))

  test('only a token after two spaces is warned about', () => {
    expect(headers.filter(([header]) => bearerTokenWarning(header) !== undefined)).toEqual([['Bearer  abc', undefined]])
    expect(bearerTokenWarning('Bearer  abc')).toBe(
      'the provided Authorization header contains extra space before the bearer token, and is ignored',
    )
  })

  test('holders are recognised and marked as authenticated', async () => {
    expect(await authenticate(testRequest({ headers: { authorization: 'Bearer secret' } }))).toEqual({
      user: { name: 'jane', uid: '1', groups: ['dev', 'ops', 'system:authenticated'] },
    })
    expect(await tokens('secret2')).toEqual({ user: { name: 'a "b"', uid: '4', groups: [] } })
  })

  test('an unknown token is an error, even where anonymous is allowed', async () => {
    const request = testRequest({ target: '/healthz', headers: { authorization: 'Bearer wrong' } })
    await expect(authenticate(request)).rejects.toThrow('invalid bearer token')
    expect(await tokens('')).toBeUndefined()
  })
})

describe('token files', () => {
  const bad: readonly (readonly [string, string])[] = [
    ['a,b', 'token, user and uid are required'],
    ['a,b,c\nd,"e', 'line 2'],
    ['a,b"c,d', 'line 1'],
  ]
  test.each(bad)('%j is refused', (text, message) => expect(() => authenticateTokenFile(text)).toThrow(message))

  test('the last of equal tokens counts, and lines may end either way', async () => {
    const file = authenticateTokenFile('t,one,1\r\n\r\nt,two,2')
    expect(await file('t')).toEqual({ user: { name: 'two', uid: '2', groups: [] } })
  })
})

describe('tokens in WebSocket subprotocols', () => {
  const encoded = `base64url.bearer.authorization.k8s.io.${Buffer.from('secret').toString('base64url')}`
  const withProtocols = (protocols: string) =>
    testRequest({ target: '/x', headers: { 'sec-websocket-protocol': protocols }, upgrade })

  test('are recognised beside another protocol, and removed', async () => {
    const request = withProtocols(`v4.channel.k8s.io, ${encoded}`)
    expect((await authenticate(request))?.user.name).toBe('jane')
    expect(withoutWebSocketBearer(request).headers['sec-websocket-protocol']).toBe('v4.channel.k8s.io')
  })

  const bad: readonly (readonly [string, string])[] = [
    [encoded, 'missing additional subprotocol'],
    [`a, ${encoded}, ${encoded}`, 'multiple base64.bearer.authorization tokens specified'],
    ['a, base64url.bearer.authorization.k8s.io.c2VjcmV0=', 'invalid base64.bearer.authorization token encoding'],
    ['a, base64url.bearer.authorization.k8s.io._w', 'invalid base64.bearer.authorization token'],
    ['a, base64url.bearer.authorization.k8s.io.eA', 'invalid bearer token'],
  ]
  test.each(bad)('%s', async (protocols, message) => {
    await expect(authenticate(withProtocols(protocols))).rejects.toThrow(message)
  })

  test('mean nothing without an upgrade', async () => {
    const request = testRequest({ target: '/x', headers: { 'sec-websocket-protocol': `a, ${encoded}` } })
    expect(await authenticate(request)).toBeUndefined()
  })
})

describe('client certificates', () => {
  type Subject = Parameters<TestAuthority['issue']>[0]['subject']
  const present = async (subject: Subject, notAfter?: Date): Promise<PeerCertificate> => {
    const issued = await authority.issue({ subject, usage: 'client', ...(notAfter === undefined ? {} : { notAfter }) })
    return { certificate: new X509Certificate(issued.certificate) }
  }
  const who = async (peerCertificate: PeerCertificate): Promise<AuthenticatedRequest | undefined> =>
    await authenticate(testRequest({ target: '/x', peerCertificate }))

  test('CN is the user, O the groups, the digest the credential', async () => {
    const peer = await present([{ O: ['dev'] }, { O: ['ops'] }, { CN: ['jane'] }])
    const fingerprint = peer.certificate.fingerprint256.replaceAll(':', '').toLowerCase()
    expect(await who(peer)).toEqual({
      user: {
        name: 'jane',
        groups: ['dev', 'ops', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] },
      },
    })
  })

  test('a name that imitates the printed form stays one name', async () => {
    const peer = await present([{ CN: ['mallory\nO=system:masters, O=system:masters + O=x'] }])
    expect((await who(peer))?.user).toMatchObject({
      name: 'mallory\nO=system:masters, O=system:masters + O=x',
      groups: ['system:authenticated'],
    })
  })

  test('the uid attribute', async () => {
    const uid = '1.3.6.1.4.1.57683.2'
    expect((await who(await present([{ CN: ['jane'] }, { [uid]: ['u1'] }])))?.user.uid).toBe('u1')
    const twice = await present([{ CN: ['jane'] }, { [uid]: ['u1'] }, { [uid]: ['u2'] }])
    await expect(who(twice)).rejects.toThrow('more than one uid')
  })

  test('without a CN it names nobody', async () => {
    expect(await who(await present([{ O: ['dev'] }]))).toBeUndefined()
  })

  test('one that does not verify, or has expired since, is an error', async () => {
    const peer = await present([{ CN: ['jane'] }])
    const request = testRequest({
      target: '/healthz',
      peerCertificate: { ...peer, verificationError: 'CERT_HAS_EXPIRED' },
    })
    await expect(authenticate(request)).rejects.toThrow('does not verify: CERT_HAS_EXPIRED')
    const short = await present([{ CN: ['jane'] }], new Date(clock.now() + 10_000))
    expect((await who(short))?.user.name).toBe('jane')
    clock.advance(20_000)
    await expect(who(short)).rejects.toThrow('has expired')
  })
})

describe('anonymous', () => {
  const anonymous = { user: { name: 'system:anonymous', groups: ['system:unauthenticated'] } }

  test('may ask for health and version only', async () => {
    for (const target of ['/healthz', '/livez?verbose', '/readyz', '/version']) {
      expect(await authenticate(testRequest({ target }))).toEqual(anonymous)
    }
    for (const target of ['/', '/readyz/ping', '/version/', '/api/v1/pods', '/metrics']) {
      expect(await authenticate(testRequest({ target }))).toBeUndefined()
    }
  })

  test('can be allowed everywhere or nowhere', async () => {
    const everywhere = buildAuthenticator({ clock, anonymous: { enabled: true } })
    expect(await everywhere(testRequest({ target: '/api/v1/pods' }))).toEqual(anonymous)
    const nowhere = buildAuthenticator({ clock, anonymous: { enabled: false } })
    expect(await nowhere(testRequest({ target: '/healthz' }))).toBeUndefined()
  })
})
