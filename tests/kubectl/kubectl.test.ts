import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Release } from '../support/command-line-tools.ts'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const releases: readonly Release[] = ['newest', 'oldest']

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.28
        ports: [{containerPort: 80}]
        env: [{name: A, value: "1"}, {name: B, value: "2"}]
`

describe.each(releases)('kubectl, %s', (release) => {
  let controlPlane: TestControlPlane
  let kubectl: Kubectl
  /** Runs in a namespace of the test's own. */
  let inNamespace: (name: string) => Promise<(...args: string[]) => Promise<string>>

  beforeAll(async () => {
    controlPlane = await startTestControlPlane()
    kubectl = await kubectlFor(controlPlane, release)
    inNamespace = async (name) => {
      await kubectl('create', 'namespace', name)
      return (...args) => kubectl('--namespace', name, ...args)
    }
  })
  afterAll(() => controlPlane.stop())

  const file = async (name: string, text: string) => {
    const path = join(controlPlane.folder, name)
    await writeFile(path, text)
    return path
  }

  test('api-resources and api-versions list what is served', async () => {
    const resources = (await kubectl('api-resources', '--no-headers')).split('\n').map((line) => line.split(/\s+/)[0])
    expect(resources).toEqual(
      expect.arrayContaining(['pods', 'deployments', 'events', 'leases', 'roles', 'customresourcedefinitions']),
    )
    const versions = (await kubectl('api-versions')).trim().split('\n')
    expect(versions).toEqual(
      expect.arrayContaining(['v1', 'apps/v1', 'autoscaling/v1', 'autoscaling/v2', 'rbac.authorization.k8s.io/v1']),
    )
  })

  test('version and cluster-info know the server', async () => {
    expect(await kubectl('version')).toContain('v1.36')
    expect(await kubectl('cluster-info')).toContain(String(controlPlane.port))
  })

  test('the namespaces and the kubernetes Service are there', async () => {
    const names = await kubectl('get', 'namespaces', '-o', 'name')
    expect(names.trim().split('\n').sort()).toEqual(
      expect.arrayContaining([
        'namespace/default',
        'namespace/kube-node-lease',
        'namespace/kube-public',
        'namespace/kube-system',
      ]),
    )
    expect(await kubectl('get', 'service', 'kubernetes', '-o', 'jsonpath={.spec.clusterIP}')).toBe('10.0.0.1')
    expect(await kubectl('get', 'endpointslices', '-o', 'name')).toContain('endpointslice.discovery.k8s.io/kubernetes')
  })

  test('explain walks a schema recursively', async () => {
    const text = await kubectl('explain', 'deployment.spec.template', '--recursive')
    expect(text).toMatch(/containers\s+<\[\]/)
    expect(text).toMatch(/livenessProbe/)
  })

  test('create, get in every format, describe, delete', async () => {
    const kube = await inNamespace('crud')
    const path = await file('deployment.yaml', deployment)
    expect(await kube('create', '-f', path)).toBe('deployment.apps/web created\n')
    expect(await kube('get', 'deploy', 'web', '-o', 'wide')).toMatch(
      /NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\s+CONTAINERS\s+IMAGES\s+SELECTOR\nweb\s+0\/2\s+0\s+0\s+\S+\s+nginx\s+nginx:1.28\s+app=web/,
    )
    expect(await kube('get', 'deploy', 'web', '-o', 'yaml')).toContain('containerPort: 80')
    expect(JSON.parse(await kube('get', 'deploy', 'web', '-o', 'json'))).toMatchObject({
      kind: 'Deployment',
      metadata: { generation: 1 },
    })
    expect(await kube('get', 'deploy', '-o', 'jsonpath={.items[*].spec.replicas}')).toBe('2')
    expect(await kube('get', 'deploy', '-o', 'custom-columns=N:.metadata.name,R:.spec.replicas')).toBe(
      'N     R\nweb   2\n',
    )
    expect(await kube('describe', 'deploy', 'web')).toContain('nginx:1.28')
    expect(await kube('delete', 'deploy', 'web')).toMatch(/^deployment.apps "web" deleted/)
    const gone = await kubectl.run(['-n', 'crud', 'get', 'deploy', 'web'])
    expect(gone).toMatchObject({ code: 1, stderr: 'Error from server (NotFound): deployments.apps "web" not found\n' })
  })

  test('apply is idempotent and merges three ways', async () => {
    const kube = await inNamespace('apply')
    const path = await file('apply.yaml', deployment)
    expect(await kube('apply', '-f', path)).toBe('deployment.apps/web created\n')
    expect(await kube('apply', '-f', path)).toBe('deployment.apps/web unchanged\n')
    await kube('scale', 'deploy/web', '--replicas=5')
    const changed = deployment
      .replace('nginx:1.28', 'nginx:1.29')
      .replace('  replicas: 2\n', '')
      .replace(', {name: B, value: "2"}', ', {name: C, value: "3"}')
    await writeFile(path, changed)
    const diff = await kubectl.run(['-n', 'apply', 'diff', '-f', path])
    expect(diff.code).toBe(1)
    expect(diff.stdout).toContain('nginx:1.29')
    expect(await kube('apply', '-f', path)).toBe('deployment.apps/web configured\n')
    const live = JSON.parse(await kube('get', 'deploy', 'web', '-o', 'json'))
    expect(live.spec.template.spec.containers[0]).toMatchObject({
      image: 'nginx:1.29',
      env: [
        { name: 'A', value: '1' },
        { name: 'C', value: '3' },
      ],
    })
  })

  test('label, annotate, patch in three types, set, replace, scale', async () => {
    const kube = await inNamespace('change')
    const path = await file('change.yaml', deployment)
    await kube('create', '-f', path)
    await kube('label', 'deploy/web', 'tier=front')
    await kube('annotate', 'deploy/web', 'note=hello')
    await kube(
      'patch',
      'deploy/web',
      '-p',
      '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"busybox"}]}}}}',
    )
    await kube('patch', 'deploy/web', '--type=merge', '-p', '{"metadata":{"labels":{"tier":null}}}')
    await kube('patch', 'deploy/web', '--type=json', '-p', '[{"op":"replace","path":"/spec/replicas","value":7}]')
    await kube('set', 'image', 'deploy/web', 'nginx=nginx:1.30')
    const live = JSON.parse(await kube('get', 'deploy', 'web', '-o', 'json'))
    expect(live.metadata.labels).toEqual({ app: 'web' })
    expect(live.metadata.annotations).toMatchObject({ note: 'hello' })
    expect(live.spec.replicas).toBe(7)
    expect(
      live.spec.template.spec.containers
        .map(({ name, image }: { name: string; image: string }) => `${name}=${image}`)
        .sort(),
    ).toEqual(['nginx=nginx:1.30', 'side=busybox'])
    expect(await kube('scale', 'deploy/web', '--current-replicas=7', '--replicas=1')).toBe(
      'deployment.apps/web scaled\n',
    )
    expect(await kube('replace', '-f', path)).toBe('deployment.apps/web replaced\n')
    expect(await kube('get', 'deploy', 'web', '-o', 'jsonpath={.spec.replicas}')).toBe('2')
  })

  test('edit sends what the editor changed', async () => {
    const kube = await inNamespace('edit')
    await kube('create', 'configmap', 'settings', '--from-literal=a=1')
    const result = await kubectl.run(['-n', 'edit', 'edit', 'configmap', 'settings'], {
      env: { KUBE_EDITOR: 'sed -i \'s/a: "1"/a: "2"/\'' },
    })
    expect(result).toMatchObject({ code: 0, stdout: 'configmap/settings edited\n' })
    expect(await kube('get', 'configmap', 'settings', '-o', 'jsonpath={.data.a}')).toBe('2')
  })

  test('get --watch shows changes as they come', async () => {
    const kube = await inNamespace('watch')
    const end = new AbortController()
    const watching = kubectl.run(['-n', 'watch', 'get', 'configmaps', '--watch', '-o', 'name'], { signal: end.signal })
    const { stdout } = await (async () => {
      await kube('create', 'configmap', 'first')
      await kube('create', 'configmap', 'second')
      await kube('wait', '--for=jsonpath={.metadata.name}=second', 'configmap/second').catch(() => '')
      await kube('get', 'configmap', 'second')
      end.abort()
      return watching
    })()
    expect(stdout.split('\n').filter(Boolean)).toEqual(expect.arrayContaining(['configmap/first']))
  })

  test.runIf(release === 'newest')('wait --for=jsonpath', async () => {
    const kube = await inNamespace('wait')
    await kube('create', 'configmap', 'settings', '--from-literal=a=1')
    const waiting = kube('wait', '--for=jsonpath={.data.a}=2', 'configmap/settings', '--timeout=20s')
    await kube('patch', 'configmap', 'settings', '-p', '{"data":{"a":"2"}}')
    expect(await waiting).toBe('configmap/settings condition met\n')
  })

  test.each(['background', 'foreground', 'orphan'])('delete --cascade=%s records the policy', async (policy) => {
    const kube = await inNamespace(`cascade-${policy}`)
    const path = await file('cascade.yaml', deployment)
    await kube('create', '-f', path)
    await kube('delete', 'deploy', 'web', `--cascade=${policy}`, '--wait=false')
    const after = await kubectl.run([
      '-n',
      `cascade-${policy}`,
      'get',
      'deploy',
      'web',
      '-o',
      'jsonpath={.metadata.finalizers}',
    ])
    if (policy === 'background') expect(after.stderr).toContain('not found')
    else expect(after.stdout).toContain(policy === 'foreground' ? 'foregroundDeletion' : 'orphan')
  })

  test('lists come in chunks', async () => {
    const kube = await inNamespace('chunks')
    const many = Array.from(
      { length: 25 },
      (_, index) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${String(index).padStart(2, '0')}}`,
    ).join('\n---\n')
    await kubectl.withInput(many, '-n', 'chunks', 'create', '-f', '-')
    const names = (await kube('get', 'configmaps', '--chunk-size=10', '-o', 'name')).trim().split('\n')
    expect(names).toHaveLength(25)
    expect(new Set(names).size).toBe(25)
  })

  test('events', async () => {
    const kube = await inNamespace('events')
    await kubectl.withInput(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e1', namespace: 'events' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: 'events', apiVersion: 'v1' },
        reason: 'Started',
        message: 'it started',
        type: 'Normal',
        lastTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
        count: 1,
      }),
      'create',
      '-f',
      '-',
    )
    expect(await kube('get', 'events')).toMatch(
      /LAST SEEN\s+TYPE\s+REASON\s+OBJECT\s+MESSAGE\n\S+\s+Normal\s+Started\s+pod\/p\s+it started/,
    )
  })

  test('strict validation refuses unknown fields', async () => {
    const path = await file('unknown.yaml', deployment.replace('replicas: 2', 'replicaz: 2'))
    const result = await kubectl.run(['create', '-f', path])
    expect(result.code).toBe(1)
    expect(result.stderr).toContain(release === 'newest' ? 'unknown field "spec.replicaz"' : 'unknown field "replicaz"')
  })
})
