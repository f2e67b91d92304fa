import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { systemClock } from '@fairlead/apimachinery'
import { alwaysAllow, buildAuthenticator, createApiServer } from '@fairlead/apiserver'
import { WebSocket, WebSocketServer } from 'ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpsClient, type HttpsClient } from '../support/https-client.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { createTestAuthority, type ExtensionServer, type ServerRequest, startExtensionServer } from './support.ts'

let controlPlane: TestControlPlane
let client: HttpsClient
let server: ExtensionServer
let caBundle: string

const group = 'identity.example.com'
const sockets = new WebSocketServer({ noServer: true })

function socketOf(request: ServerRequest): TLSSocket {
  return ('stream' in request ? request.stream.session?.socket : request.socket) as TLSSocket
}

/** What the server is told, by those that it trusts. */
function identityOf(request: ServerRequest): object {
  const lines: string[] = []
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase()
    if (name.startsWith('x-remote-') || name === 'authorization')
      lines.push(`${name}: ${request.rawHeaders[index + 1]}`)
  }
  return { proxy: socketOf(request).getPeerCertificate().subject.CN, lines: lines.sort() }
}

beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = await httpsClient(controlPlane.kubeconfig)
  const trust = await client.get('/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication')
  const { data = {} } = trust.json
  const authority = await createTestAuthority('extension-ca')
  caBundle = Buffer.from(authority.certificate).toString('base64')
  server = await startExtensionServer({
    certificate: await authority.issue({ commonName: 'api', usage: 'server', names: ['127.0.0.1'] }),
    clientCa: data['requestheader-client-ca-file'] ?? '',
    handle(request, answer) {
      answer.setHeader('content-type', 'application/json')
      answer.statusCode = socketOf(request).authorized ? 200 : 401
      answer.end(JSON.stringify(identityOf(request)))
    },
    upgrade(request, socket, head) {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.send(JSON.stringify(identityOf(request)))
        webSocket.on('message', (data) => webSocket.send(`echo ${String(data)}`))
      })
    },
  })
  await client.post('/apis/apiregistration.k8s.io/v1/apiservices', {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: {
      name: `v1.${group}`,
      annotations: { 'aggregation.fairlead.dev/url': `https://127.0.0.1:${server.port}` },
    },
    spec: {
      group,
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 15,
      service: { namespace: 'demo', name: 'api' },
      caBundle,
    },
  })
  await available(`v1.${group}`)
})

afterAll(async () => {
  sockets.close()
  client.close()
  await Promise.all([controlPlane.stop(), server.close()])
})

async function available(name: string): Promise<void> {
  const selector = encodeURIComponent(`metadata.name=${name}`)
  const watch = await client.watch(`/apis/apiregistration.k8s.io/v1/apiservices?watch=true&fieldSelector=${selector}`)
  await watch.until(({ object }) => JSON.stringify(object.status).includes('"True"'))
  watch.close()
}

const admin = {
  proxy: 'front-proxy-client',
  lines: expect.arrayContaining([
    'x-remote-group: system:authenticated',
    'x-remote-group: system:masters',
    'x-remote-user: kubernetes-admin',
  ]) as unknown,
}
const spoofed = {
  'x-remote-user': 'mallory',
  'X-Remote-Group': 'made-up',
  'x-remote-uid': '0',
  'x-remote-extra-scopes': 'all',
  'X-REMOTE-EXTRA-more': 'all',
}

test('PRX-17 TLS-3: the front proxy vouches for the caller; what a client claims to be is not passed on', async () => {
  for (const headers of [{}, spoofed]) {
    const answer = await client.get(`/apis/${group}/v1/whoami`, headers)
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toEqual(admin)
    expect(answer.text).not.toMatch(/mallory|made-up|scopes|more|authorization/)
  }
})

test('UPG-1 PRX-17: a WebSocket through the whole server, with the same identity', async () => {
  const { host, port, ca, cert, key } = client.credentials
  const webSocket = new WebSocket(`wss://${host}:${port}/apis/${group}/v1/namespaces/default/things/a/console`, {
    ca,
    cert,
    key,
    headers: spoofed,
  })
  const [first] = (await once(webSocket, 'message')) as [Buffer]
  expect(JSON.parse(first.toString())).toEqual(admin)
  expect(first.toString()).not.toMatch(/mallory|made-up|scopes|more/)
  webSocket.send('hello')
  const [second] = (await once(webSocket, 'message')) as [Buffer]
  expect(second.toString()).toBe('echo hello')
  webSocket.close()
  await once(webSocket, 'close')
})

test('FL: an APIService leads to a server of the same process, which sees the caller', async () => {
  const local = createApiServer({
    clock: systemClock,
    log: { error: () => undefined },
    authenticate: buildAuthenticator({ clock: systemClock }),
    authorizer: alwaysAllow,
    handlers: [
      ({ user, info }) => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user: user.name, groups: user.groups, path: info.path }),
      }),
    ],
  })
  const takeBack = controlPlane.addServer('demo', local)
  const name = 'v1.inprocess.example.com'
  await client.post('/apis/apiregistration.k8s.io/v1/apiservices', {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name, annotations: { 'aggregation.fairlead.dev/in-process': 'demo' } },
    spec: {
      group: 'inprocess.example.com',
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 15,
      service: { namespace: 'demo', name: 'api' },
    },
  })
  await available(name)
  const answer = await client.get('/apis/inprocess.example.com/v1/things', spoofed)
  const seen = JSON.parse(answer.text) as { user: string; groups: string[]; path: string }
  expect([seen.user, seen.path]).toEqual(['kubernetes-admin', '/apis/inprocess.example.com/v1/things'])
  expect(seen.groups).toContain('system:masters')
  takeBack()
  expect((await client.get('/apis/inprocess.example.com/v1/things')).text).toBe('service unavailable\n')
})
