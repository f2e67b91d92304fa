import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeKubectl } from '../support/describe-kubectl.ts'
import { webDeployment } from '../support/manifests.ts'

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

describeKubectl('apply on the client', (suite) => {
  test('creates, changes and then leaves as it is', async () => {
    const kube = await suite.inNamespace('idempotent')
    const path = await suite.file('idempotent.yaml', webDeployment)
    expect(await kube('apply', '-f', path)).toBe('deployment.apps/web created\n')
    const created = await kube.json('deployment/web')
    expect(await kube('apply', '-f', path)).toBe('deployment.apps/web unchanged\n')
    expect((await kube.json('deployment/web')).metadata.resourceVersion).toBe(created.metadata.resourceVersion)
    await writeFile(path, webDeployment.replace('nginx:1.28', 'nginx:1.29'))
    expect(await kube('apply', '-f', path, '--dry-run=server')).toBe(
      'deployment.apps/web configured (server dry run)\n',
    )
    expect(await kube('apply', '-f', path)).toBe('deployment.apps/web configured\n')
    expect(await kube.json('deployment/web')).toMatchObject({
      metadata: { generation: 2 },
      spec: { template: { spec: { containers: [{ image: 'nginx:1.29' }] } } },
    })
  })

  test('merges three ways: drops what it applied before, keeps what others set', async () => {
    const kube = await suite.inNamespace('three-way')
    const path = await suite.file('three-way.yaml', webDeployment)
    await kube('apply', '-f', path)
    await kube('label', 'deployment/web', 'owner=somebody')
    await kube('set', 'env', 'deployment/web', 'LIVE=1')
    await kube('scale', 'deployment/web', '--replicas=5')
    const changed = webDeployment
      .replace('labels: {app: web}', 'labels: {tier: front}')
      .replace('  replicas: 2\n', '')
      .replace('{name: B, value: "2"}', '{name: C, value: "3"}')
      .replace('ports: [{containerPort: 80}]', 'ports: [{containerPort: 443}, {containerPort: 80, name: http}]')
    await writeFile(path, changed)
    expect(await kube('apply', '-f', path)).toBe('deployment.apps/web configured\n')
    const { metadata, spec } = await kube.json('deployment/web')
    expect(metadata.labels).toEqual({ owner: 'somebody', tier: 'front' })
    expect(spec).toMatchObject({
      template: {
        spec: {
          containers: [
            {
              env: [
                { name: 'A', value: '1' },
                { name: 'LIVE', value: '1' },
                { name: 'C', value: '3' },
              ],
              ports: [
                { containerPort: 443, protocol: 'TCP' },
                { containerPort: 80, name: 'http', protocol: 'TCP' },
              ],
            },
          ],
        },
      },
    })
  })

  test('removes containers that are no longer applied', async () => {
    const kube = await suite.inNamespace('containers')
    const path = await suite.file(
      'containers.yaml',
      webDeployment.replace('containers:\n', 'containers:\n      - {name: side, image: busybox}\n'),
    )
    await kube('apply', '-f', path)
    await writeFile(path, webDeployment)
    await kube('apply', '-f', path)
    expect(await kube('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[*].name}')).toBe(
      'nginx',
    )
  })

  test('view-last-applied and set-last-applied', async () => {
    const kube = await suite.inNamespace('last-applied')
    const path = await suite.file('last-applied.yaml', webDeployment)
    await kube('apply', '-f', path)
    const viewed = JSON.parse(await kube('apply', 'view-last-applied', 'deployment/web', '-o', 'json'))
    expect(viewed).toMatchObject({ kind: 'Deployment', spec: { replicas: 2 } })
    await writeFile(path, webDeployment.replace('replicas: 2', 'replicas: 4'))
    await kube('apply', 'set-last-applied', '-f', path)
    const { metadata, spec } = await kube.json('deployment/web')
    expect(JSON.parse(metadata.annotations?.[lastApplied] ?? '')).toMatchObject({ spec: { replicas: 4 } })
    expect(spec).toMatchObject({ replicas: 2 })
  })

  test('--prune deletes what the files do not name', async () => {
    const kube = await suite.inNamespace('prune')
    const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {set: p}}\n`
    const path = await suite.file('prune.yaml', configMap('before'))
    await kube('apply', '-f', path)
    await writeFile(path, configMap('after'))
    const printed = await kube('apply', '-f', path, '--prune', '-l', 'set=p')
    expect(printed).toBe('configmap/after created\nconfigmap/before pruned\n')
  })

  test('-k applies a kustomization', async () => {
    const kube = await suite.inNamespace('kustomized')
    const folder = join(suite.controlPlane.folder, 'kustomization')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'web.yaml'), webDeployment)
    await writeFile(
      join(folder, 'kustomization.yaml'),
      'resources: [web.yaml]\nnamePrefix: my-\nconfigMapGenerator: [{name: settings, literals: [a=b]}]\n',
    )
    expect(await kube('apply', '-k', folder)).toMatch(
      /^configmap\/my-settings-\w+ created\ndeployment.apps\/my-web created\n$/,
    )
    expect(await kube('get', '-k', folder, '-o', 'name')).toMatch(
      /^configmap\/my-settings.*\ndeployment.apps\/my-web\n$/,
    )
    expect(await kube('delete', '-k', folder)).toMatch(/configmap "my-settings-\w+" deleted/)
    expect(await kube('get', 'deployments,configmaps', '-o', 'name')).toBe('')
  })

  test('diff shows what apply would change', async () => {
    const kube = await suite.inNamespace('diff')
    const path = await suite.file('diff.yaml', webDeployment)
    const before = await kube.run(['diff', '-f', path])
    expect(before.code).toBe(1)
    expect(before.stdout).toContain('+kind: Deployment')
    await kube('apply', '-f', path)
    expect(await kube.run(['diff', '-f', path])).toMatchObject({ code: 0, stdout: '' })
    await writeFile(path, webDeployment.replace('nginx:1.28', 'nginx:1.29'))
    const { code, stdout } = await kube.run(['diff', '-f', path])
    expect(code).toBe(1)
    expect(
      stdout
        .split('\n')
        .filter((line) => /^[-+] /.test(line))
        .map((line) => line.replace(/\s+/g, ' ')),
    ).toEqual(['- generation: 1', '+ generation: 2', '- image: nginx:1.28', '+ image: nginx:1.29'])
  })
})
