import { expect, test } from 'vitest'
import { describeKubectl } from '../support/describe-kubectl.ts'
import { webDeployment } from '../support/manifests.ts'

const lines = (text: string) => text.trim().split('\n')

describeKubectl('get', (suite) => {
  test('prints in every format', async () => {
    const kube = await suite.inNamespace('formats')
    await kube.withInput(webDeployment, 'create', '-f', '-')
    expect(await kube('get', 'deploy', 'web')).toMatch(
      /^NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\nweb\s+0\/2\s+0\s+0\s+\d+s\n$/,
    )
    expect(await kube('get', 'deploy', 'web', '-o', 'wide')).toMatch(
      /NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\s+CONTAINERS\s+IMAGES\s+SELECTOR\nweb\s+0\/2\s+0\s+0\s+\S+\s+nginx\s+nginx:1.28\s+app=web/,
    )
    expect(await kube('get', 'deploy', 'web', '-o', 'yaml')).toContain('containerPort: 80')
    expect(await kube.json('deploy', 'web')).toMatchObject({ kind: 'Deployment', metadata: { generation: 1 } })
    expect(await kube('get', 'deploy', '-o', 'name')).toBe('deployment.apps/web\n')
    expect(await kube('get', 'deploy', '-o', 'jsonpath={.items[*].spec.replicas}')).toBe('2')
    expect(await kube('get', 'deploy', '-o', 'go-template={{range .items}}{{.metadata.name}}{{end}}')).toBe('web')
    expect(await kube('get', 'deploy', '-o', 'custom-columns=N:.metadata.name,R:.spec.replicas')).toBe(
      'N     R\nweb   2\n',
    )
    expect(await kube('get', 'deploy', '--show-labels', '--no-headers')).toMatch(/app=web\n$/)
    expect(await kube('get', 'deploy', '-L', 'app', '--no-headers')).toMatch(/web\n$/)
    expect(await kube('get', 'deploy', '--show-kind', '--no-headers')).toMatch(/^deployment.apps\/web/)
    expect(await kube('get', 'deploy', '--server-print=false')).toMatch(/^NAME\s+AGE\nweb\s+\d+s\n$/)
    expect(await kube('describe', 'deploy', 'web')).toContain('nginx:1.28')
  })

  test('takes several kinds and names, and tells what is not there', async () => {
    const kube = await suite.inNamespace('several')
    await kube.withInput(webDeployment, 'create', '-f', '-')
    await kube('create', 'configmap', 'settings')
    expect(await kube('get', 'deployments,configmaps', '-o', 'name')).toBe('deployment.apps/web\nconfigmap/settings\n')
    expect(lines(await kube('get', 'all', '-o', 'name'))).toEqual(['deployment.apps/web'])
    const result = await kube.run(['get', 'configmap/settings', 'secret/none', '-o', 'name'])
    expect(result).toEqual({
      code: 1,
      stdout: 'configmap/settings\n',
      stderr: 'Error from server (NotFound): secrets "none" not found\n',
    })
    expect(await kube.run(['get', 'nothings'])).toMatchObject({
      code: 1,
      stderr: 'error: the server doesn\'t have a resource type "nothings"\n',
    })
    expect(await kube('get', 'configmap', 'none', '--ignore-not-found')).toBe('')
  })

  test('selects by labels and fields', async () => {
    const kube = await suite.inNamespace('selected')
    const labels = { a: 'x=1,y=1', b: 'x=2', c: 'y=3' }
    for (const [name, pairs] of Object.entries(labels)) {
      await kube('create', 'configmap', name)
      await kube('label', 'configmap', name, ...pairs.split(','))
    }
    const named = async (...args: string[]) =>
      lines(await kube('get', 'configmaps', '-o', 'name', ...args)).map((line) => line.replace('configmap/', ''))
    expect(await named('-l', 'x=1')).toEqual(['a'])
    expect(await named('-l', 'x in (1,2),y!=1')).toEqual(['b'])
    expect(await named('-l', '!x')).toEqual(['c'])
    expect(await named('--field-selector', 'metadata.name!=a')).toEqual(['b', 'c'])
    expect(await named('--field-selector', 'metadata.name=b,metadata.namespace=selected')).toEqual(['b'])
    const unknown = await kube.run(['get', 'configmaps', '--field-selector', 'data.a=1'])
    expect(unknown.stderr).toContain(
      '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
    )
    await kube('run', 'p', '--image=nginx')
    expect(await kube('get', 'pods', '--field-selector', 'status.phase=Pending,spec.nodeName=', '-o', 'name')).toBe(
      'pod/p\n',
    )
  })

  test('sorts, and looks into every namespace', async () => {
    const first = await suite.inNamespace('sorted-1')
    const second = await suite.inNamespace('sorted-2')
    await first('create', 'configmap', 'a', '--from-literal=rank=2')
    await second('create', 'configmap', 'b', '--from-literal=rank=1')
    const all = ['get', 'configmaps', '-A', '--no-headers']
    expect(lines(await suite.kubectl(...all, '--sort-by=.data.rank')).map((line) => line.split(/\s+/)[1])).toEqual(
      expect.arrayContaining(['b', 'a']),
    )
    expect(
      lines(await suite.kubectl(...all, '--sort-by=.metadata.namespace')).map((line) => line.split(/\s+/)[0]),
    ).toEqual(expect.arrayContaining(['sorted-1', 'sorted-2']))
  })

  test('lists come in chunks', async () => {
    const kube = await suite.inNamespace('chunks')
    const names = Array.from({ length: 25 }, (_, index) => `c${String(index).padStart(2, '0')}`)
    const documents = names.map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}`).join('\n---\n')
    await kube.withInput(documents, 'create', '-f', '-')
    const listed = await kube.run(['get', 'configmaps', '--chunk-size=10', '-o', 'name', '-v=8'])
    expect(lines(listed.stdout)).toEqual(names.map((name) => `configmap/${name}`))
    expect(new Set(listed.stderr.match(/https:\S+limit=10\b/g))).toHaveProperty('size', 3)
    expect(lines(await kube('get', 'configmaps', '--chunk-size=0', '-o', 'name'))).toHaveLength(25)
  })
})
