import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { describeKubectl } from '../support/describe-kubectl.ts'
import { webDeployment } from '../support/manifests.ts'

describeKubectl('changing objects', (suite) => {
  const { newest } = suite

  test('label and annotate set, refuse to overwrite, and remove', async () => {
    const kube = await suite.inNamespace('label')
    await kube('create', 'configmap', 'one')
    await kube('create', 'configmap', 'two')
    expect(await kube('label', 'configmap', 'one', 'tier=front')).toBe('configmap/one labeled\n')
    const refused = await kube.run(['label', 'configmap', 'one', 'tier=back'])
    expect(refused.stderr).toBe("error: 'tier' already has a value (front), and --overwrite is false\n")
    await kube('label', 'configmap', 'one', 'tier=back', '--overwrite')
    expect(await kube('annotate', 'configmaps', '--all', 'note=hello world')).toBe(
      'configmap/one annotated\nconfigmap/two annotated\n',
    )
    await kube('label', 'configmaps', '-l', 'tier=back', 'picked=yes')
    expect((await kube.json('configmap/one')).metadata).toMatchObject({
      labels: { tier: 'back', picked: 'yes' },
      annotations: { note: 'hello world' },
    })
    await kube('label', 'configmap', 'one', 'tier-', 'picked-')
    expect((await kube.json('configmap/one')).metadata.labels).toBeUndefined()
    const { resourceVersion } = (await kube.json('configmap/two')).metadata
    const stale = await kube.run(['label', 'configmap', 'two', 'a=b', '--resource-version=1'])
    expect(stale.stderr).toContain('the object has been modified; please apply your changes to the latest version')
    await kube('label', 'configmap', 'two', 'a=b', `--resource-version=${resourceVersion}`)
    const invalid = await kube.run(['annotate', 'configmap', 'one', 'not allowed=x'])
    expect(invalid.stderr).toContain('metadata.annotations: Invalid value: "not allowed": name part must consist of')
  })

  test('patch in three types', async () => {
    const kube = await suite.inNamespace('patch')
    await kube.withInput(webDeployment, 'create', '-f', '-')
    const containers = { containers: [{ name: 'side', image: 'busybox' }] }
    const strategic = JSON.stringify({ spec: { template: { spec: containers } } })
    expect(await kube('patch', 'deployment/web', '-p', strategic)).toBe('deployment.apps/web patched\n')
    await kube('patch', 'deployment/web', '--type=merge', '-p', '{"metadata":{"labels":{"app":null,"tier":"front"}}}')
    await kube('patch', 'deployment/web', '--type=json', '-p', '[{"op":"replace","path":"/spec/replicas","value":7}]')
    const { metadata, spec } = await kube.json('deployment/web')
    expect(metadata.labels).toEqual({ tier: 'front' })
    expect(spec).toMatchObject({
      replicas: 7,
      template: { spec: { containers: [{ name: 'side' }, { name: 'nginx', image: 'nginx:1.28' }] } },
    })
    const again = await kube('patch', 'deployment/web', '--type=merge', '-p', '{"spec":{"replicas":7}}')
    expect(again).toBe('deployment.apps/web patched (no change)\n')
    const failed = await kube.run(['patch', 'deployment/web', '--type=json', '-p', '[{"op":"remove","path":"/none"}]'])
    expect(failed.stderr).toMatch(/^The request is invalid/)
    const wrongType = await kube.run(['patch', 'deployment/web', '--type=merge', '-p', '{"spec":{"replicas":"x"}}'])
    expect(wrongType.stderr).toContain(
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas',
    )
  })

  test.runIf(newest)('patch, get, replace and edit of subresources', async () => {
    const kube = await suite.inNamespace('subresources')
    await kube.withInput(webDeployment, 'create', '-f', '-')
    const merge = ['--type=merge', '-p']
    await kube(
      'patch',
      'deployment/web',
      '--subresource=status',
      ...merge,
      '{"status":{"replicas":3},"spec":{"replicas":9}}',
    )
    expect(await kube.json('deployment/web')).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 3 } })
    const scaled = await kube('patch', 'deployment/web', '--subresource=scale', ...merge, '{"spec":{"replicas":4}}')
    expect(scaled).toBe('scale.autoscaling/web patched\n')
    expect(await kube.json('deployment/web', '--subresource=scale')).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 4 },
      status: { replicas: 3, selector: 'app=web' },
    })
    const edited = await kube.run(['edit', 'deployment/web', '--subresource=status'], {
      env: { KUBE_EDITOR: "sed -i 's/replicas: 3/replicas: 1/'" },
    })
    expect(edited).toMatchObject({ code: 0, stdout: 'deployment.apps/web edited\n' })
    expect(await kube.json('deployment/web')).toMatchObject({ status: { replicas: 1 } })
  })

  test('edit sends what the editor changed', async () => {
    const kube = await suite.inNamespace('edit')
    await kube('create', 'configmap', 'settings', '--from-literal=a=1')
    const edit = (editor: string) => kube.run(['edit', 'configmap', 'settings'], { env: { KUBE_EDITOR: editor } })
    expect(await edit('sed -i \'s/a: "1"/a: "2"/\'')).toMatchObject({ code: 0, stdout: 'configmap/settings edited\n' })
    expect(await kube('get', 'configmap', 'settings', '-o', 'jsonpath={.data.a}')).toBe('2')
    expect(await edit('true')).toMatchObject({ code: 0, stderr: 'Edit cancelled, no changes made.\n' })
    const refused = await edit("sed -i 's/^data:/datum:/'")
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toContain('configmaps "settings" is invalid')
  })

  test('replace, and replace --force', async () => {
    const kube = await suite.inNamespace('replace')
    const path = await suite.file('replace.yaml', webDeployment)
    const missing = await kube.run(['replace', '-f', path])
    expect(missing.stderr).toContain('deployments.apps "web" not found')
    await kube('create', '-f', path)
    const { uid } = (await kube.json('deployment/web')).metadata
    await writeFile(path, webDeployment.replace('replicas: 2', 'replicas: 4'))
    expect(await kube('replace', '-f', path)).toBe('deployment.apps/web replaced\n')
    const replaced = await kube.json('deployment/web')
    expect(replaced).toMatchObject({ metadata: { uid, generation: 2 }, spec: { replicas: 4 } })
    expect(await kube('replace', '--force', '-f', path)).toMatch(
      /^deployment.apps "web" deleted.*\ndeployment.apps\/web replaced\n$/,
    )
    expect((await kube.json('deployment/web')).metadata.uid).not.toBe(uid)
    const stale = webDeployment.replace('name: web\n', 'name: web\n  resourceVersion: "1"\n')
    const conflict = await kube.run(['replace', '-f', '-'], { input: stale })
    expect(conflict.stderr).toContain(
      'Operation cannot be fulfilled on deployments.apps "web": the object has been modified',
    )
  })

  test('scale, with and without a condition', async () => {
    const kube = await suite.inNamespace('scale')
    await kube.withInput(webDeployment, 'create', '-f', '-')
    expect(await kube('scale', 'deployment/web', '--replicas=5')).toBe('deployment.apps/web scaled\n')
    expect(await kube('scale', 'deployment/web', '--current-replicas=5', '--replicas=1')).toBe(
      'deployment.apps/web scaled\n',
    )
    const unmet = await kube.run(['scale', 'deployment/web', '--current-replicas=9', '--replicas=3'])
    expect(unmet).toMatchObject({ code: 1, stderr: 'error: Expected replicas to be 9, was 1\n' })
    expect(await kube('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}')).toBe('1')
    const unscalable = await kube.run(['scale', 'serviceaccount/default', '--replicas=1'])
    expect(unscalable.code).toBe(1)
  })

  test('set image, env, resources, serviceaccount, selector and subject', async () => {
    const kube = await suite.inNamespace('set')
    await kube.withInput(webDeployment, 'create', '-f', '-')
    await kube('set', 'image', 'deployment/web', 'nginx=nginx:1.30')
    await kube('set', 'env', 'deployment/web', 'A-', 'C=3')
    await kube('set', 'resources', 'deployment/web', '--limits=cpu=1500m,memory=1Gi')
    await kube('set', 'serviceaccount', 'deployment/web', 'robot')
    expect(await kube.json('deployment/web')).toMatchObject({
      spec: {
        template: {
          spec: {
            serviceAccountName: 'robot',
            containers: [
              {
                image: 'nginx:1.30',
                env: [
                  { name: 'B', value: '2' },
                  { name: 'C', value: '3' },
                ],
                resources: { limits: { cpu: '1500m', memory: '1Gi' } },
              },
            ],
          },
        },
      },
    })
    await kube('create', 'service', 'clusterip', 'web', '--tcp=80')
    await kube('set', 'selector', 'service/web', 'x=y')
    expect((await kube.json('service/web')).spec).toMatchObject({ selector: { x: 'y' } })
    await kube('create', 'rolebinding', 'rb', '--role=r', '--user=a')
    await kube('set', 'subject', 'rolebinding/rb', '--user=b')
    expect(await kube('get', 'rolebinding', 'rb', '-o', 'jsonpath={.subjects[*].name}')).toBe('a b')
  })
})
