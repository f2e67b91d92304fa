import { writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { createAuthority, issueCertificate, type KeyPair } from '@fairlead/apiserver'
import { defineKind, type RunningServer, s, serve, type ServeOptions } from '@fairlead/extension-server'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type HttpsClient, httpsClient, readAnswer } from '../support/https-client.ts'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

/** Says who asks, as the server sees it. */
const Mirror = defineKind({
  group: 'mirrors.example.com',
  version: 'v1',
  kind: 'Mirror',
  namespaced: true,
  schema: s.object({ spec: s.object({}) }),
  subresources: {
    connect: {
      whoami: {
        verbs: ['get'],
        handle: ({ user, request: { headers } }) => ({
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ user, headers: Object.keys(headers).filter((name) => name.startsWith('x-remote')) }),
        }),
      },
    },
  },
})
const whoami = '/apis/mirrors.example.com/v1/namespaces/default/mirrors/one/whoami'
const configMap = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication'
const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) }

let controlPlane: TestControlPlane
let client: HttpsClient
let kubectl: Kubectl
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let proxyAuthority: KeyPair
let proxyCa: string
let server: RunningServer | undefined

beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = await httpsClient(controlPlane.kubeconfig)
  kubectl = await kubectlFor(controlPlane, 'newest')
  folder = await temporaryFolder()
  proxyAuthority = await createAuthority('proxies', validity.notBefore, validity.notAfter)
  proxyCa = join(folder.path, 'proxies.crt')
  await writeFile(proxyCa, proxyAuthority.certificate)
  // Whoever is known may look into mirrors.
  await client.post('/apis/rbac.authorization.k8s.io/v1/clusterroles', {
    metadata: { name: 'mirrors' },
    rules: [{ apiGroups: ['mirrors.example.com'], resources: ['mirrors', 'mirrors/whoami'], verbs: ['*'] }],
  })
  await kubectl('create', 'clusterrolebinding', 'mirrors', '--clusterrole=mirrors', '--group=system:authenticated')
})
afterEach(async () => {
  await server?.stop()
  server = undefined
})
afterAll(async () => {
  client.close()
  await controlPlane.stop()
  await folder.remove()
})

const problems: string[] = []
async function start(options: Partial<ServeOptions> = {}): Promise<void> {
  problems.length = 0
  server = await serve({
    kinds: [Mirror],
    kubeconfig: controlPlane.kubeconfig,
    register: false,
    log: { error: (message) => void problems.push(message) },
    ...options,
  })
  const { cert, key } = client.credentials
  const admin = { certificate: String(cert), key: String(key) }
  const made = await call(
    'POST',
    whoami.replace(/\/one\/whoami$/, ''),
    admin,
    {},
    '{"metadata":{"name":"one"},"spec":{}}',
  )
  // Servers that do not know the authorities of the main one cannot be written to by its administrator.
  expect([201, 401, 403]).toContain(made.status)
}

/** Calls the extension server itself. */
function call(
  method: string,
  path: string,
  identity?: KeyPair,
  headers: Readonly<Record<string, string | string[]>> = {},
  body?: string,
): Promise<Answer> {
  const tls = identity === undefined ? {} : { cert: identity.certificate, key: identity.key }
  const content = body === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    request(
      `${server?.url ?? ''}${path}`,
      { method, rejectUnauthorized: false, agent: false, headers: { ...content, ...headers }, ...tls },
      (response) => {
        readAnswer(response).then(resolve, reject)
      },
    )
      .on('error', reject)
      .end(body)
  })
}
const issue = (authority: KeyPair, commonName: string, organizations: readonly string[] = []) =>
  issueCertificate(authority, { commonName, organizations, usage: 'client', ...validity })

/** A kubeconfig of a ServiceAccount without rights. */
async function powerless(name: string): Promise<string> {
  await kubectl('create', 'serviceaccount', name)
  const config = JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '-o', 'json'))
  config.users[0].user = { token: (await kubectl('create', 'token', name)).trim() }
  const path = join(folder.path, name)
  await writeFile(path, JSON.stringify(config))
  return path
}

describe('DAN-2: front proxies', () => {
  const requestHeader = () => ({ clientCaFile: proxyCa, allowedNames: ['front'] })
  const identity = {
    'X-Remote-User': 'alice',
    'X-Remote-Group': ['developers', 'a, b'],
    'X-Remote-Extra-Example.com%2fTeam': 'blue',
    'X-Remote-Extra-Scopes': ['read', 'write'],
  }

  test('DAN-5: what a trusted one says is believed, and its headers go no further', async () => {
    await start({ authentication: { requestHeader: requestHeader() } })
    const { status, json } = await call('GET', whoami, await issue(proxyAuthority, 'front'), identity)
    expect(status).toBe(200)
    expect(json).toEqual({
      user: {
        name: 'alice',
        groups: ['developers', 'a, b', 'system:authenticated'],
        extra: { 'example.com/team': ['blue'], scopes: ['read', 'write'] },
      },
      headers: [],
    })
  })

  test('one whose name is not allowed is refused', async () => {
    await start({ authentication: { requestHeader: requestHeader() } })
    const answer = await call('GET', whoami, await issue(proxyAuthority, 'back'), identity)
    expect([answer.status, answer.json.message]).toEqual([401, 'Unauthorized'])
  })

  test('DAN-3: of strangers the headers count for nothing, and neither do those of users', async () => {
    await start({ authentication: { requestHeader: requestHeader() } })
    const stranger = await createAuthority('strangers', validity.notBefore, validity.notAfter)
    const without = await call('GET', whoami, undefined, identity)
    expect([without.status, without.json.message]).toEqual([403, expect.stringContaining('User "system:anonymous"')])
    expect((await call('GET', whoami, await issue(stranger, 'front'), identity)).status).toBe(401)
    const { cert, key } = client.credentials
    const admin = await call('GET', whoami, { certificate: String(cert), key: String(key) }, identity)
    expect((admin.json as unknown as { user: { name: string } }).user.name).toBe('kubernetes-admin')
  })

  test('one that names nobody is a client like others, and not one of those who are known', async () => {
    await start({ authentication: { requestHeader: requestHeader() } })
    const answer = await call('GET', whoami, await issue(proxyAuthority, 'front'), {
      'X-Remote-Group': 'system:masters',
    })
    expect([answer.status, answer.json.message]).toEqual([401, 'Unauthorized'])
  })
})

describe('DAN-6: whom the main server trusts', () => {
  test('is followed while the server runs', async () => {
    await start()
    const authority = await createAuthority('newcomers', validity.notBefore, validity.notAfter)
    const newcomer = await issue(authority, 'newcomer', ['guests'])
    expect((await call('GET', whoami, newcomer)).status).toBe(401)
    const { data = {} } = (await client.get(configMap)).json
    const bundle = `${data['client-ca-file'] ?? ''}\n${authority.certificate}`
    await client.patch(configMap, { data: { 'client-ca-file': bundle } }, 'merge')
    await expect.poll(async () => (await call('GET', whoami, newcomer)).status).toBe(200)
    expect((await call('GET', whoami, newcomer)).json).toMatchObject({
      user: { name: 'newcomer', groups: ['guests', 'system:authenticated'] },
    })
  })

  test('cannot be read: the start is refused, or tolerated when that is wanted', async () => {
    const kubeconfig = await powerless('blind')
    await expect(start({ authentication: { kubeconfig } })).rejects.toThrow(
      'unable to load configmap based request-header-client-ca-file: configmaps "extension-apiserver-authentication" is forbidden',
    )
    await start({ authentication: { kubeconfig, lookup: 'tolerated' } })
    expect(problems[0]).toContain('continuing without the authentication configuration of the main server')
    // Its administrator is not known then.
    const { cert, key } = client.credentials
    expect((await call('GET', whoami, { certificate: String(cert), key: String(key) })).status).toBe(401)
    expect((await call('GET', '/readyz')).status).toBe(200)
  })

  test('is not asked for when files say it all', async () => {
    await start({ authentication: { lookup: 'skipped', clientCaFile: proxyCa } })
    const user = await issue(proxyAuthority, 'somebody', ['system:masters'])
    const made = await call(
      'POST',
      whoami.replace(/\/one\/whoami$/, ''),
      user,
      {},
      '{"metadata":{"name":"one"},"spec":{}}',
    )
    expect(made.status).toBe(201)
    expect((await call('GET', whoami, user)).json).toMatchObject({ user: { name: 'somebody' } })
  })
})

describe('DAZ-1 DAZ-3: access', () => {
  test('masters may do everything, and health is for everybody, without the main server being asked', async () => {
    const kubeconfig = await powerless('speechless')
    await start({ authorization: { kubeconfig, alwaysAllowPaths: ['/readyz', '/openapi*'] } })
    const { cert, key } = client.credentials
    expect((await call('GET', whoami, { certificate: String(cert), key: String(key) })).status).toBe(200)
    expect((await call('GET', '/readyz')).status).toBe(200)
    expect((await call('GET', '/openapi/v3')).status).toBe(200)
  })

  test('DAZ-4: what a front proxy has let through is not asked about, where that is wanted', async () => {
    const kubeconfig = await powerless('quiet')
    const requestHeader = { clientCaFile: proxyCa, allowedNames: ['front'] }
    await start({ authentication: { requestHeader }, authorization: { kubeconfig, trustFrontProxy: true } })
    const front = await issue(proxyAuthority, 'front')
    const headers = { 'X-Remote-User': 'alice' }
    const { status, json } = await call('GET', whoami, front, headers)
    expect([status, json]).toEqual([200, { user: { name: 'alice', groups: ['system:authenticated'] }, headers: [] }])
    // Everything else is: other paths, other users, and acting as somebody else.
    expect((await call('GET', '/metrics', front, headers)).status).toBe(500)
    expect((await call('GET', whoami)).status).toBe(500)
    expect((await call('GET', whoami, front, { ...headers, 'Impersonate-User': 'root' })).status).not.toBe(200)

    await server?.stop()
    await start({ authentication: { requestHeader }, authorization: { kubeconfig } })
    expect((await call('GET', whoami, front, headers)).status).toBe(500)
  })

  test('that nobody decides is an error, not a refusal', async () => {
    const kubeconfig = await powerless('mute')
    await start({ authorization: { kubeconfig } })
    const answer = await call('GET', whoami)
    expect(answer.status).toBe(500)
    expect(answer.text).toBe(
      `Internal Server Error: "${whoami}": subjectaccessreviews.authorization.k8s.io is forbidden: User "system:serviceaccount:default:mute" cannot create resource "subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope\n`,
    )
  })
})
