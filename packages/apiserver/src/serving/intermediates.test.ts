import { Agent } from 'node:https'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type CertificateAuthorities,
  checkIssuedBy,
  parseCertificateAuthorities,
} from '../authentication/certificate-authorities.ts'
import { textErrorResponse, textResponse } from '../request/responses.ts'
import { type Listener, listen } from './listener.ts'
import { createTestAuthority, type TestAuthority } from './testing/certificates.ts'
import { requestHttp1 } from './testing/http-client.ts'

let users: TestAuthority
let proxies: TestAuthority
let listener: Listener
let trusted: CertificateAuthorities

beforeAll(async () => {
  ;[users, proxies] = await Promise.all([createTestAuthority('users'), createTestAuthority('proxies')])
  trusted = parseCertificateAuthorities(users.certificate)
  const server = await users.issue({ subject: [{ CN: ['127.0.0.1'] }], usage: 'server' })
  listener = await listen({
    host: '127.0.0.1',
    port: 0,
    tls: { ...server, clientCa: `${users.certificate}\n${proxies.certificate}` },
    report: () => undefined,
    handle: async ({ peerCertificate }) => {
      if (peerCertificate === undefined) return textErrorResponse(401, 'no certificate')
      try {
        checkIssuedBy(peerCertificate, trusted, Date.now())
        return textResponse('issued')
      } catch (error) {
        return textErrorResponse(401, (error as Error).message)
      }
    },
  })
})
afterAll(async () => {
  const released = listener.release()
  listener.cut()
  await released
})

/** Asks with a leaf and what stands between it and its root. */
async function ask(root: TestAuthority): Promise<string> {
  const [between, further] = await chain(root)
  const leaf = await further.issue({ subject: [{ CN: ['jane'] }], usage: 'client' })
  const cert = [leaf, further, between].map(({ certificate }) => certificate).join('\n')
  return (await requestHttp1({ port: listener.port, ca: users.certificate, cert, key: leaf.key, path: '/' })).body
}

async function chain(root: TestAuthority): Promise<readonly [TestAuthority, TestAuthority]> {
  const between = await root.intermediate('between')
  return [between, await between.intermediate('further')]
}

test('a chain over authorities that the client sends leads to the right root', async () => {
  expect(await ask(users)).toBe('issued')
})

test('a chain to a root that is trusted for something else does not', async () => {
  expect(await ask(proxies)).toContain('x509: certificate signed by unknown authority')
})

test('sessions are not resumed, which would lose the chain', async () => {
  const [between] = await chain(users)
  const leaf = await between.issue({ subject: [{ CN: ['jane'] }], usage: 'client' })
  const cert = `${leaf.certificate}\n${between.certificate}`
  const agent = new Agent({ keepAlive: false, maxCachedSessions: 10 })
  for (let count = 0; count < 3; count++) {
    const options = { port: listener.port, ca: users.certificate, cert, key: leaf.key, path: '/', agent }
    expect((await requestHttp1(options)).body).toBe('issued')
  }
  agent.destroy()
})
