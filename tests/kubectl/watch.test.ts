import { expect, test } from 'vitest'
import { describeKubectl } from '../support/describe-kubectl.ts'
import { webDeployment } from '../support/manifests.ts'

describeKubectl('watching', (suite) => {
  const { newest } = suite

  test('get --watch shows what is there and every change', async () => {
    const kube = await suite.inNamespace('watch')
    await kube.withInput(webDeployment, 'create', '-f', '-')
    const watching = kube.follow('get', 'deployments', '--watch', '--output-watch-events')
    try {
      expect(await watching.next()).toMatch(/^EVENT\s+NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE$/)
      expect(await watching.next()).toMatch(/^ADDED\s+web\s+0\/2\s/)
      await kube('scale', 'deployment/web', '--replicas=3')
      expect(await watching.next()).toMatch(/^MODIFIED\s+web\s+0\/3\s/)
      await kube('create', 'deployment', 'other', '--image=busybox')
      expect(await watching.next()).toMatch(/^ADDED\s+other\s+0\/1\s/)
      await kube('delete', 'deployment', 'web')
      expect(await watching.next()).toMatch(/^DELETED\s+web\s+0\/3\s/)
    } finally {
      await watching.stop()
    }
  })

  test('get --watch of one object shows nothing of its neighbours', async () => {
    const kube = await suite.inNamespace('watch-only')
    await kube('create', 'configmap', 'settings', '--from-literal=step=zero')
    await kube('create', 'configmap', 'other')
    const watching = kube.follow('get', 'configmap', 'settings', '--watch', '-o', 'jsonpath={.data.step}{"\\n"}')
    try {
      expect(await watching.next()).toBe('zero')
      await kube('label', 'configmap', 'other', 'step=none')
      await kube('patch', 'configmap', 'settings', '-p', '{"data":{"step":"one"}}')
      expect(await watching.next()).toBe('one')
      await kube('patch', 'configmap', 'settings', '-p', '{"data":{"step":"two"}}')
      expect(await watching.next()).toBe('two')
    } finally {
      await watching.stop()
    }
  })

  test('wait for a condition, which a status makes true', async () => {
    const kube = await suite.inNamespace('wait-condition')
    await kube.withInput(webDeployment, 'create', '-f', '-')
    const waiting = kube('wait', '--for=condition=Available', 'deployment/web', '--timeout=30s')
    const status = { conditions: [{ type: 'Available', status: 'True' }] }
    const path = '/apis/apps/v1/namespaces/wait-condition/deployments/web/status'
    const live = await kube.json('deployment/web')
    await kube.withInput(JSON.stringify({ ...live, status }), 'replace', '--raw', path, '-f', '-')
    expect(await waiting).toBe('deployment.apps/web condition met\n')
    const impossible = await kube.run(['wait', '--for=condition=Never', 'deployment/web', '--timeout=1s'])
    expect(impossible).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('timed out waiting for the condition'),
    })
  })

  test('wait for the deletion', async () => {
    const kube = await suite.inNamespace('wait-deletion')
    await kube('create', 'configmap', 'settings')
    await kube('patch', 'configmap', 'settings', '-p', '{"metadata":{"finalizers":["example.com/hold"]}}')
    await kube('delete', 'configmap', 'settings', '--wait=false')
    const waiting = kube('wait', '--for=delete', 'configmap/settings', '--timeout=30s')
    await kube('patch', 'configmap', 'settings', '--type=json', '-p', '[{"op":"remove","path":"/metadata/finalizers"}]')
    // It says nothing when the object was gone before it looked.
    expect(await waiting).toMatch(/^(configmap\/settings condition met\n)?$/)
  })

  test.runIf(newest)('wait for a value', async () => {
    const kube = await suite.inNamespace('wait-value')
    await kube('create', 'configmap', 'settings', '--from-literal=a=1')
    const waiting = kube('wait', '--for=jsonpath={.data.a}=2', 'configmap/settings', '--timeout=30s')
    await kube('patch', 'configmap', 'settings', '-p', '{"data":{"a":"2"}}')
    expect(await waiting).toBe('configmap/settings condition met\n')
    expect(await kube('wait', '--for=create', 'configmap/settings', '--timeout=5s')).toBe(
      'configmap/settings condition met\n',
    )
  })
})
