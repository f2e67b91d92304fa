import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { defineKind, s, serve } from '@fairlead/extension-server'
import { expect, test } from 'vitest'
import { httpsClient } from '../support/https-client.ts'
import { kubectlFor } from '../support/kubectl.ts'
import { startServerProcess } from '../support/server-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { createTestAuthority, startExtensionServer } from './support.ts'

const Flunder = defineKind({
  group: 'wardle.example.com',
  version: 'v1alpha1',
  kind: 'Flunder',
  namespaced: true,
  schema: s.object({ spec: s.object({}) }),
})

test('the flags of the first article: a certificate and an authority of front proxies that others made', {
  timeout: 120_000,
}, async () => {
  const folder = await temporaryFolder()
  const at = (name: string) => join(folder.path, name)
  const authority = await createTestAuthority('ssl_keys')
  const kubelet = await authority.issue({ commonName: 'kubelet_client', usage: 'client' })
  await writeFile(at('ca.crt'), authority.certificate)
  await writeFile(at('kubelet_client.crt'), kubelet.certificate)
  await writeFile(at('kubelet_client.key'), kubelet.key)
  const server = await startServerProcess(at('data'), [
    `--requestheader-client-ca-file=${at('ca.crt')}`,
    '--requestheader-allowed-names=',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-username-headers=X-Remote-User',
    `--proxy-client-cert-file=${at('kubelet_client.crt')}`,
    `--proxy-client-key-file=${at('kubelet_client.key')}`,
    '--enable-aggregator-routing=true',
  ])
  const client = await httpsClient(server.kubeconfig)
  const kubectl = await kubectlFor({ kubeconfig: server.kubeconfig, folder: folder.path }, 'newest')
  const group = 'metrics.k8s.io'
  const metrics = await startExtensionServer({
    certificate: await authority.issue({
      commonName: 'metrics-server',
      usage: 'server',
      names: ['metrics-server.kube-system.svc'],
    }),
    clientCa: authority.certificate,
    handle(request, answer) {
      const socket = ('stream' in request ? request.stream.session?.socket : request.socket) as TLSSocket
      const proxy = socket.authorized ? socket.getPeerCertificate().subject.CN : 'nobody'
      answer.setHeader('content-type', 'application/json')
      answer.end(
        JSON.stringify({ kind: 'APIResourceList', resources: [], proxy, user: request.headers['x-remote-user'] }),
      )
    },
  })
  try {
    const trust = await client.get('/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication')
    expect(trust.json.data).toMatchObject({
      'requestheader-allowed-names': '[]',
      'requestheader-client-ca-file': expect.stringContaining(authority.certificate.trim()),
      'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
      'requestheader-username-headers': '["X-Remote-User"]',
    })

    // Nobody routes cluster IPs here: the endpoint is what is reached.
    const inSystem = { namespace: 'kube-system', name: 'metrics-server' }
    await client.post('/api/v1/namespaces/kube-system/services', {
      metadata: inSystem,
      spec: { ports: [{ port: 443, protocol: 'TCP', targetPort: 443 }] },
    })
    await client.post('/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices', {
      metadata: { ...inSystem, labels: { 'kubernetes.io/service-name': 'metrics-server' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
      ports: [{ name: '', port: metrics.port, protocol: 'TCP' }],
    })
    await client.post('/apis/apiregistration.k8s.io/v1/apiservices', {
      metadata: { name: `v1beta1.${group}` },
      spec: {
        group,
        version: 'v1beta1',
        service: inSystem,
        caBundle: Buffer.from(authority.certificate).toString('base64'),
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    })
    await kubectl('wait', '--for=condition=Available', '--timeout=60s', 'apiservice', `v1beta1.${group}`)
    const answer = await client.get(`/apis/${group}/v1beta1/nodes`)
    expect(JSON.parse(answer.text)).toMatchObject({ proxy: 'kubelet_client', user: 'kubernetes-admin' })

    // A server of the framework learns whom to trust from the ConfigMap.
    const extension = await serve({ kinds: [Flunder], kubeconfig: server.kubeconfig })
    await kubectl('wait', '--for=condition=Available', '--timeout=60s', 'apiservice', 'v1alpha1.wardle.example.com')
    expect((await kubectl.run(['get', 'flunders'])).stderr).toBe('No resources found in default namespace.\n')
    await extension.stop()
  } finally {
    client.close()
    await metrics.close()
    expect(await server.end('SIGTERM')).toBe(0)
    await folder.remove()
  }
})
