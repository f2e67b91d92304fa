import { X509Certificate } from 'node:crypto'
import { createManualClock } from '@fairlead/storage/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { testRequest } from '../request/testing/request.ts'
import { createTestAuthority, type TestAuthority } from '../serving/testing/certificates.ts'
import { type CertificateAuthorities, parseCertificateAuthorities } from './certificate-authorities.ts'
import { authenticateFrontProxy, type FrontProxyHeaders, frontProxyHeaderTest } from './front-proxy.ts'
import { authenticateX509 } from './x509.ts'

const clock = createManualClock(Date.now())
const headers: FrontProxyHeaders = {
  username: ['X-First', 'X-Remote-User'],
  uid: ['X-Remote-Uid'],
  group: ['X-Remote-Group', 'X-Team'],
  extraPrefix: ['X-Remote-Extra-', 'X-More-'],
}
let proxies: TestAuthority
let users: TestAuthority
beforeAll(async () => {
  ;[proxies, users] = await Promise.all([createTestAuthority('same name'), createTestAuthority('same name')])
})

async function peer(authority: TestAuthority, name: string, notAfter?: Date) {
  const { certificate } = await authority.issue({
    subject: [{ CN: [name] }],
    usage: 'client',
    ...(notAfter === undefined ? {} : { notAfter }),
  })
  return { certificate: new X509Certificate(certificate) }
}

function frontProxy(options: { allowedNames?: readonly string[]; authorities?: () => CertificateAuthorities } = {}) {
  const trusted = parseCertificateAuthorities(proxies.certificate)
  return authenticateFrontProxy({ clock, authorities: () => trusted, allowedNames: [], headers, ...options })
}
const jane = { 'x-remote-user': 'jane' }

describe('front proxies', () => {
  test('speak for users', async () => {
    const request = testRequest({
      peerCertificate: await peer(proxies, 'proxy'),
      headers: {
        'x-first': '',
        ...jane,
        'x-remote-uid': '7',
        'x-remote-group': 'a',
        'x-team': 'b',
        'x-remote-extra-acme.com%2fk': 'v',
        'x-more-acme.com%2fk': 'w',
        'x-more-%zz': 'raw',
      },
    })
    expect(await frontProxy()(request)).toEqual({
      user: {
        name: 'jane',
        uid: '7',
        groups: ['a', 'b'],
        extra: { 'acme.com/k': ['v', 'w'], '%zz': ['raw'] },
      },
    })
  })

  test('without a certificate, or without a user, there is no opinion', async () => {
    expect(await frontProxy()(testRequest({ headers: jane }))).toBeUndefined()
    expect(await frontProxy()(testRequest({ peerCertificate: await peer(proxies, 'proxy') }))).toBeUndefined()
  })

  test('of the name of an authority the signature counts', async () => {
    const request = testRequest({ headers: jane, peerCertificate: await peer(users, 'proxy') })
    await expect(frontProxy()(request)).rejects.toThrow('x509: certificate signed by unknown authority')
  })

  test('only with an allowed name', async () => {
    const request = testRequest({ headers: jane, peerCertificate: await peer(proxies, 'proxy') })
    await expect(frontProxy({ allowedNames: ['other'] })(request)).rejects.toThrow(
      'x509: subject with cn=proxy is not in the allowed list',
    )
    expect((await frontProxy({ allowedNames: ['proxy'] })(request))?.user.name).toBe('jane')
  })

  test('no longer after expiry, nor when the authorities have changed', async () => {
    const short = testRequest({
      headers: jane,
      peerCertificate: await peer(proxies, 'proxy', new Date(clock.now() + 10_000)),
    })
    const authenticate = frontProxy()
    expect((await authenticate(short))?.user.name).toBe('jane')
    clock.advance(20_000)
    await expect(authenticate(short)).rejects.toThrow('expired')
    let bundle = parseCertificateAuthorities(proxies.certificate)
    const changing = frontProxy({ authorities: () => bundle })
    const request = testRequest({ headers: jane, peerCertificate: await peer(proxies, 'proxy') })
    expect((await changing(request))?.user.name).toBe('jane')
    bundle = parseCertificateAuthorities(users.certificate)
    await expect(changing(request)).rejects.toThrow('unknown authority')
  })

  test('what the handshake did not verify is not looked at', async () => {
    const peerCertificate = { ...(await peer(proxies, 'proxy')), verificationError: 'INVALID_PURPOSE' }
    await expect(frontProxy()(testRequest({ headers: jane, peerCertificate }))).rejects.toThrow('INVALID_PURPOSE')
  })
})

test('the certificate of a front proxy is no user', async () => {
  const bundle = parseCertificateAuthorities(users.certificate)
  const authenticate = authenticateX509({ clock, authorities: () => bundle })
  await expect(authenticate(testRequest({ peerCertificate: await peer(proxies, 'root') }))).rejects.toThrow(
    'unknown authority',
  )
  const request = testRequest({ peerCertificate: await peer(users, 'jane') })
  expect((await authenticate(request))?.user.name).toBe('jane')
})

test('which headers are a front proxy’s', () => {
  const isHeader = frontProxyHeaderTest(headers)
  const names = ['x-first', 'x-remote-user', 'x-team', 'x-more-k', 'x-remote-extra-', 'x-remote', 'authorization']
  expect(names.filter(isHeader)).toEqual(['x-first', 'x-remote-user', 'x-team', 'x-more-k', 'x-remote-extra-'])
})

test('a bundle without certificates is refused', () => {
  expect(() => parseCertificateAuthorities('nothing')).toThrow('does not contain any valid')
})
