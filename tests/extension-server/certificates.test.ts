import { X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { createAuthority, issueCertificate } from '@fairlead/apiserver'
import { defineKind, s, serve } from '@fairlead/extension-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { skippingClock } from '../support/skipping-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const minute = 60_000
const day = 24 * 60 * minute
const apiService = '/apis/apiregistration.k8s.io/v1/apiservices/v1.lamps.example.com'
const lamps = '/apis/lamps.example.com/v1/namespaces/default/lamps'

const Lamp = defineKind({
  group: 'lamps.example.com',
  version: 'v1',
  kind: 'Lamp',
  namespaced: true,
  schema: s.object({ spec: s.object({}) }),
})

let controlPlane: TestControlPlane
let client: HttpsClient
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = await httpsClient(controlPlane.kubeconfig)
  folder = await temporaryFolder()
})
afterAll(async () => {
  client.close()
  await controlPlane.stop()
  await folder.remove()
})

/** The certificate that a server shows. */
function shownBy(url: string): Promise<X509Certificate> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerX509Certificate()
      socket.destroy()
      if (certificate === undefined) reject(new Error('no certificate'))
      else resolve(certificate)
    }).on('error', reject)
  })
}

async function caBundle(): Promise<string> {
  const { spec } = (await client.get(apiService)).json
  return Buffer.from(String(spec['caBundle']), 'base64').toString()
}
const served = async (): Promise<number> => (await client.get(lamps)).status

test('certificates of its own are renewed while it serves, under the authority that the APIService has', async () => {
  const clock = skippingClock()
  const server = await serve({ kinds: [Lamp], kubeconfig: controlPlane.kubeconfig, clock })
  try {
    await expect.poll(served).toBe(200)
    const before = await shownBy(server.url)
    const authority = await caBundle()
    expect(authority).toBe(server.authority)
    // Not before two thirds of its time are over.
    for (let days = 0; days < 59; days += 1) clock.skip(day)
    expect((await shownBy(server.url)).fingerprint).toBe(before.fingerprint)
    clock.skip(2 * day)
    await expect.poll(async () => (await shownBy(server.url)).fingerprint).not.toBe(before.fingerprint)
    const after = await shownBy(server.url)
    expect(after.verify(new X509Certificate(authority).publicKey)).toBe(true)
    expect(Date.parse(after.validTo)).toBeGreaterThan(Date.parse(before.validTo) + 50 * day)
    expect(await caBundle()).toBe(authority)
  } finally {
    await server.stop()
  }
})

test('SRV-2: certificates of files are read again, and the APIService gets their authority', async () => {
  const validity = { notBefore: new Date(Date.now() - minute), notAfter: new Date(Date.now() + day) }
  const files = {
    certificate: join(folder.path, 'tls.crt'),
    key: join(folder.path, 'tls.key'),
    authority: join(folder.path, 'ca.crt'),
  }
  const issue = async (name: string) => {
    const authority = await createAuthority(name, validity.notBefore, validity.notAfter)
    const hosts = ['127.0.0.1', 'localhost']
    const pair = await issueCertificate(authority, { commonName: 'lamps', usage: 'server', hosts, ...validity })
    return { authority: authority.certificate, ...pair }
  }
  const write = async ({ certificate, key, authority }: Awaited<ReturnType<typeof issue>>): Promise<void> => {
    await writeFile(files.certificate, certificate)
    await writeFile(files.key, key)
    await writeFile(files.authority, authority)
  }
  const [first, second] = [await issue('one'), await issue('two')]
  await write(first)
  const clock = skippingClock()
  const problems: string[] = []
  const log = {
    error: (message: string, { error }: { readonly error?: unknown }) =>
      void problems.push(`${message}: ${error instanceof Error ? error.message : String(error)}`),
  }
  const server = await serve({
    kinds: [Lamp],
    kubeconfig: controlPlane.kubeconfig,
    certificateFiles: files,
    clock,
    log,
  })
  try {
    await expect.poll(served).toBe(200)
    expect((await shownBy(server.url)).issuer).toBe('CN=one')
    expect(await caBundle()).toBe(first.authority)

    await writeFile(files.key, second.key)
    clock.skip(minute)
    await expect.poll(() => problems.join('\n')).toContain('the key is not that of the certificate')
    expect((await shownBy(server.url)).issuer).toBe('CN=one')

    await write(second)
    await expect
      .poll(async () => {
        clock.skip(minute)
        return (await shownBy(server.url)).issuer
      })
      .toBe('CN=two')
    await expect.poll(caBundle).toBe(second.authority)
    // Over connections that are made anew.
    await expect.poll(served).toBe(200)
    expect(server.authority).toBe(second.authority)
  } finally {
    await server.stop()
  }
})

test.each<[string, Record<string, string>, string]>([
  [
    'a file that is not there',
    { certificate: '/nowhere.crt', key: '/nowhere.key' },
    'tls-cert-file "/nowhere.crt": ENOENT',
  ],
  ['no certificate', { certificate: 'broken', key: 'broken' }, 'tls-private-key-file'],
])('SRV-2: the start is refused with %s', async (_title, paths, problem) => {
  const broken = join(folder.path, 'broken')
  await writeFile(broken, 'nothing')
  const { certificate = '', key = '' } = paths
  const at = (path: string): string => (path === 'broken' ? broken : path)
  const certificateFiles = { certificate: at(certificate), key: at(key) }
  await expect(serve({ kinds: [Lamp], kubeconfig: controlPlane.kubeconfig, certificateFiles })).rejects.toThrow(problem)
})
