import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@fairlead/apimachinery'
import { authenticateTokenFile, buildAuthenticator } from '@fairlead/apiserver'
import { createExtensionServer, openStorage, serve } from '@fairlead/extension-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { banFlunder } from '../../examples/sample-apiserver/src/ban-flunder.ts'
import { Fischer } from '../../examples/sample-apiserver/src/fischer.ts'
import { Flunder } from '../../examples/sample-apiserver/src/flunder/flunder.ts'
import { createTestAuthority } from '../../packages/aggregator/src/testing/authority.ts'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane } from '../support/test-control-plane.ts'

const example = join(import.meta.dirname, '../../examples/sample-apiserver')
const sample = `apiVersion: wardle.example.com/v1alpha1
kind: Flunder
metadata:
  name: sample
`

describe('SMP-9 SMP-10: kubectl and the sample server alone', () => {
  let kubectl: Kubectl
  const closing: (() => Promise<void> | void)[] = []

  beforeAll(async () => {
    const folder = await temporaryFolder()
    const authority = await createTestAuthority('sample')
    const identity = await authority.issue({ commonName: 'localhost', usage: 'server', names: ['127.0.0.1'] })
    const { server, close } = createExtensionServer({
      kinds: [Flunder, Fischer],
      storage: await openStorage('memory'),
      admission: (objects) => [banFlunder(objects)],
      authenticate: buildAuthenticator({
        clock: systemClock,
        tokens: authenticateTokenFile('secret,admin,1,system:masters\n'),
        anonymous: { enabled: false },
      }),
    })
    const { port } = await server.listen({ host: '127.0.0.1', port: 0, tls: identity })
    const kubeconfig = join(folder.path, 'kubeconfig')
    const cluster = {
      server: `https://127.0.0.1:${port}`,
      'certificate-authority-data': Buffer.from(authority.certificate).toString('base64'),
    }
    await writeFile(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'sample', cluster }],
        users: [{ name: 'admin', user: { token: 'secret' } }],
        contexts: [{ name: 'sample', context: { cluster: 'sample', user: 'admin' } }],
        'current-context': 'sample',
      }),
    )
    kubectl = await kubectlFor({ kubeconfig, folder: folder.path }, 'newest')
    closing.push(
      () => folder.remove(),
      close,
      () => server.shutDown(),
    )
  })
  afterAll(async () => {
    for (const close of closing.reverse()) await close()
  })

  test('the article: none, create, get, get -o yaml, delete, none', async () => {
    const none = 'No resources found in default namespace.\n'
    expect((await kubectl.run(['get', 'flunder'])).stderr).toBe(none)
    expect(await kubectl.withInput(sample, 'create', '-f', '-')).toBe('flunder.wardle.example.com/sample created\n')
    expect(await kubectl('get', 'flunder')).toMatch(/^NAME +CREATED AT\nsample +\d{4}-\d\d-\d\dT[\d:]+Z\n$/)
    const yaml = await kubectl('get', 'flunders.v1alpha1.wardle.example.com', 'sample', '-o', 'yaml')
    expect(
      yaml
        .replace(/"\d{4}-[^"]+"/, 'TIME')
        .replace(/uid: .+/, 'uid: UID')
        .replace(/"\d+"/, 'REVISION'),
    ).toBe(`apiVersion: wardle.example.com/v1alpha1
kind: Flunder
metadata:
  creationTimestamp: TIME
  name: sample
  namespace: default
  resourceVersion: REVISION
  uid: UID
spec: {}
status: {}
`)
    expect(await kubectl.withInput(sample, 'delete', '-f', '-')).toMatch(
      /^flunder\.wardle\.example\.com "sample" deleted/,
    )
    expect((await kubectl.run(['get', 'flunder'])).stderr).toBe(none)
  })

  test('explain', async () => {
    const text = await kubectl('explain', 'flunders.spec', '--api-version=wardle.example.com/v1alpha1')
    expect(text).toContain('The name of another Flunder or of a Fischer.')
    expect(await kubectl('explain', 'fischers', '--recursive')).toContain('disallowedFlunders\t<[]string>')
  })

  test('objects of the manifests; a name that is banned', async () => {
    expect(await kubectl('apply', '-f', join(example, 'manifests/objects'))).toBe(
      'fischer.wardle.example.com/no-evil created\nflunder.wardle.example.com/my-first-flunder created\n',
    )
    expect(await kubectl('get', 'flunders', '-l', 'sample-label=true', '-o', 'name')).toBe(
      'flunder.wardle.example.com/my-first-flunder\n',
    )
    const banned = await kubectl.run(['create', '-f', '-'], { input: sample.replace('sample', 'evil') })
    expect(banned.stderr).toBe(
      'Error from server (Forbidden): error when creating "STDIN": flunders.wardle.example.com "evil" is forbidden: ' +
        'this name may not be used, please change the resource name\n',
    )
  })
})

test('SMP-8: the manifests, and the server behind the main one', { timeout: 120_000 }, async () => {
  const controlPlane = await startTestControlPlane()
  const kubectl = await kubectlFor(controlPlane, 'newest')
  try {
    const applied = await kubectl('apply', '-f', join(example, 'manifests'))
    expect(applied.trim().split('\n')).toEqual([
      'namespace/wardle created',
      'serviceaccount/apiserver created',
      'clusterrole.rbac.authorization.k8s.io/aggregated-apiserver-clusterrole created',
      'clusterrolebinding.rbac.authorization.k8s.io/sample-apiserver-clusterrolebinding created',
      'clusterrolebinding.rbac.authorization.k8s.io/wardle:system:auth-delegator created',
      'rolebinding.rbac.authorization.k8s.io/wardle-auth-reader created',
      'deployment.apps/wardle-server created',
      'service/api created',
      'apiservice.apiregistration.k8s.io/v1alpha1.wardle.example.com created',
    ])
    const account = ['--as=system:serviceaccount:wardle:apiserver']
    for (const allowed of [
      ['patch', 'apiservices.apiregistration.k8s.io/v1beta1.wardle.example.com'],
      ['create', 'apiservices.apiregistration.k8s.io'],
      ['create', 'tokenreviews.authentication.k8s.io'],
      ['create', 'subjectaccessreviews.authorization.k8s.io'],
      ['watch', 'configmaps/extension-apiserver-authentication', '-n', 'kube-system'],
      ['get', 'namespaces'],
    ]) {
      expect([allowed, (await kubectl.run(['auth', 'can-i', ...allowed, ...account])).stdout]).toEqual([
        allowed,
        'yes\n',
      ])
    }
    const server = await serve({
      kinds: [Flunder, Fischer],
      admission: (objects) => [banFlunder(objects)],
      kubeconfig: controlPlane.kubeconfig,
    })
    try {
      await kubectl('wait', '--for=condition=Available', '--timeout=60s', 'apiservice', '--all')
      expect(await kubectl('api-versions')).toContain('wardle.example.com/v1alpha1\nwardle.example.com/v1beta1\n')
      await kubectl('apply', '-f', join(example, 'manifests/objects'))
      const beta = { apiVersion: 'wardle.example.com/v1beta1', kind: 'Flunder', metadata: { name: 'both' } }
      const spec = { flunderReference: 'a', fischerReference: 'b', referenceType: 'Flunder' }
      const refused = await kubectl.run(['create', '-f', '-'], { input: JSON.stringify({ ...beta, spec }) })
      expect(refused.stderr).toBe(
        'The Flunder "both" is invalid: spec.fischerReference: Invalid value: "b": cannot be set with flunderReference at the same time\n',
      )
      expect(await kubectl('get', 'fischers,flunders', '-o', 'name')).toBe(
        'fischer.wardle.example.com/no-evil\nflunder.wardle.example.com/my-first-flunder\n',
      )
    } finally {
      await server.stop()
    }
  } finally {
    await controlPlane.stop()
  }
})
