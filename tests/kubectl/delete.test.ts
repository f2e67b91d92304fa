import { expect, test } from 'vitest'
import { describeKubectl } from '../support/describe-kubectl.ts'
import { webDeployment } from '../support/manifests.ts'

describeKubectl('delete', (suite) => {
  test.each([
    { policy: 'background', finalizer: undefined },
    { policy: 'foreground', finalizer: 'foregroundDeletion' },
    { policy: 'orphan', finalizer: 'orphan' },
  ])('--cascade=$policy records the policy', async ({ policy, finalizer }) => {
    const kube = await suite.inNamespace(`cascade-${policy}`)
    await kube.withInput(webDeployment, 'create', '-f', '-')
    expect(await kube('delete', 'deployment', 'web', `--cascade=${policy}`, '--wait=false')).toMatch(
      /^deployment.apps "web" deleted/,
    )
    const after = await kube.run(['get', 'deployment', 'web', '-o', 'json'])
    if (finalizer === undefined) {
      expect(after.stderr).toBe('Error from server (NotFound): deployments.apps "web" not found\n')
    } else {
      expect(JSON.parse(after.stdout).metadata).toMatchObject({
        finalizers: [finalizer],
        deletionTimestamp: expect.any(String),
        deletionGracePeriodSeconds: 0,
        generation: 2,
      })
    }
  })

  test('by name, by selector, all, from a file, and what is not there', async () => {
    const kube = await suite.inNamespace('which')
    for (const name of ['a', 'b', 'c', 'd', 'e']) await kube('create', 'configmap', name)
    await kube('label', 'configmaps', 'b', 'c', 'set=x')
    const left = async () => (await kube('get', 'configmaps', '-o', 'name')).trim().split('\n')
    await kube('delete', 'configmap/a')
    await kube('delete', 'configmaps', '-l', 'set=x')
    expect(await left()).toEqual(['configmap/d', 'configmap/e'])
    await kube.withInput('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}', 'delete', '-f', '-')
    expect(await left()).toEqual(['configmap/e'])
    await kube('delete', 'configmaps', '--all')
    expect(await left()).toEqual([''])
    expect(await kube.run(['delete', 'configmap', 'a'])).toMatchObject({
      code: 1,
      stderr: 'Error from server (NotFound): configmaps "a" not found\n',
    })
    expect(await kube('delete', 'configmap', 'a', '--ignore-not-found')).toBe('')
    expect(await kube('delete', 'configmaps', '-l', 'set=x')).toBe('No resources found\n')
  })

  test('--dry-run=server leaves everything', async () => {
    const kube = await suite.inNamespace('dry')
    await kube('create', 'configmap', 'a')
    expect(await kube('delete', 'configmap', 'a', '--dry-run=server')).toMatch(/deleted.* \(server dry run\)/)
    expect(await kube('get', 'configmaps', '-o', 'name')).toBe('configmap/a\n')
  })

  test('a pod on a node ends gracefully, at once, or by force', async () => {
    const kube = await suite.inNamespace('grace')
    const pod = (name: string) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'c' }], terminationGracePeriodSeconds: 300 },
      })
    for (const name of ['slow', 'soon', 'forced']) await kube.withInput(pod(name), 'create', '-f', '-')
    const grace = async (name: string) =>
      (await kube('get', 'pod', name, '-o', 'jsonpath={.metadata.deletionGracePeriodSeconds}')) as string
    await kube('delete', 'pod', 'slow', '--wait=false')
    expect(await grace('slow')).toBe('300')
    await kube('delete', 'pod', 'slow', '--grace-period=60', '--wait=false')
    expect(await grace('slow')).toBe('60')
    await kube('delete', 'pod', 'soon', '--now', '--wait=false')
    expect(await grace('soon')).toBe('1')
    expect(await kube('get', 'pod', 'soon', '--no-headers')).toMatch(/\sTerminating\s/)
    const forced = await kube.run(['delete', 'pod', 'forced', '--grace-period=0', '--force'])
    expect(forced.stderr).toMatch(/warning: Immediate deletion does not wait for confirmation/i)
    expect(await kube('get', 'pods', '-o', 'name')).toBe('pod/slow\npod/soon\n')
    await kube('delete', 'pods', '--all', '--grace-period=0', '--force')
    expect(await kube('get', 'pods', '-o', 'name')).toBe('')
  })

  test('a namespace is terminating until its content is gone', async () => {
    await suite.inNamespace('ending')
    await suite.kubectl('delete', 'namespace', 'ending', '--wait=false')
    expect(await suite.kubectl('get', 'namespace', 'ending', '--no-headers')).toMatch(/^ending\s+Terminating\s/)
    const late = await suite.kubectl.run(['-n', 'ending', 'create', 'configmap', 'late'])
    expect(late.stderr).toContain(
      'configmaps "late" is forbidden: unable to create new content in namespace ending because it is being terminated',
    )
  })
})
