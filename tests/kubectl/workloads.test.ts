import { expect, test } from 'vitest'
import { describeKubectl } from '../support/describe-kubectl.ts'
import { webDeployment } from '../support/manifests.ts'

describeKubectl('workloads', (suite) => {
  test('rollout pause, resume, restart and history', async () => {
    const kube = await suite.inNamespace('rollout')
    await kube.withInput(webDeployment, 'create', '-f', '-')
    const paused = () => kube('get', 'deployment', 'web', '-o', 'jsonpath={.spec.paused}')
    expect(await kube('rollout', 'pause', 'deployment/web')).toBe('deployment.apps/web paused\n')
    expect(await paused()).toBe('true')
    expect((await kube.run(['rollout', 'pause', 'deployment/web'])).stderr).toContain('is already paused')
    expect(await kube('rollout', 'resume', 'deployment/web')).toBe('deployment.apps/web resumed\n')
    expect(await paused()).toBe('')
    expect(await kube('rollout', 'restart', 'deployment/web')).toBe('deployment.apps/web restarted\n')
    expect(await kube('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.metadata.annotations}')).toContain(
      'kubectl.kubernetes.io/restartedAt',
    )
    expect(await kube('rollout', 'history', 'deployment/web')).toBe('deployment.apps/web \nNo rollout history found.\n')
  })

  test('run, expose and autoscale', async () => {
    const kube = await suite.inNamespace('run')
    expect(await kube('run', 'web', '--image=nginx', '--port=80', '--labels=app=web', '--env=A=b')).toBe(
      'pod/web created\n',
    )
    expect(await kube.json('pod/web')).toMatchObject({
      metadata: { generation: 1, labels: { app: 'web' } },
      spec: { containers: [{ env: [{ name: 'A', value: 'b' }], ports: [{ containerPort: 80 }] }] },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    })
    expect(await kube('expose', 'pod', 'web', '--target-port=80', '--port=8080')).toBe('service/web exposed\n')
    expect((await kube.json('service/web')).spec).toMatchObject({
      selector: { app: 'web' },
      ports: [{ port: 8080, protocol: 'TCP', targetPort: 80 }],
    })
    await kube('create', 'deployment', 'web', '--image=nginx')
    expect(await kube('autoscale', 'deployment', 'web', '--min=1', '--max=3', '--cpu-percent=50')).toBe(
      'horizontalpodautoscaler.autoscaling/web autoscaled\n',
    )
    expect(await kube.json('hpa', 'web')).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: {
        minReplicas: 1,
        maxReplicas: 3,
        metrics: [{ resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
      },
    })
    expect(
      await kube(
        'get',
        'horizontalpodautoscalers.v1.autoscaling',
        'web',
        '-o',
        'jsonpath={.spec.targetCPUUtilizationPercentage}',
      ),
    ).toBe('50')
    expect(await kube('get', 'hpa', 'web', '--no-headers')).toMatch(
      /^web\s+Deployment\/web\s.*<unknown>\/50%\s+1\s+3\s/,
    )
  })

  test('taint, cordon, uncordon and drain a node', async () => {
    const { kubectl } = suite
    await kubectl.withInput('{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"}}', 'create', '-f', '-')
    expect(await kubectl('taint', 'node', 'n1', 'a=b:NoSchedule')).toBe('node/n1 tainted\n')
    expect(await kubectl('get', 'node', 'n1', '-o', 'jsonpath={.spec.taints}')).toBe(
      '[{"effect":"NoSchedule","key":"a","value":"b"}]',
    )
    const again = await kubectl.run(['taint', 'node', 'n1', 'a=b:NoSchedule'])
    expect(again.stderr).toContain('already has a taint(s) with same effect(s) and --overwrite is false')
    expect(await kubectl('taint', 'node', 'n1', 'a:NoSchedule-')).toBe('node/n1 untainted\n')
    expect(await kubectl('cordon', 'n1')).toBe('node/n1 cordoned\n')
    expect(await kubectl('get', 'node', 'n1', '--no-headers')).toMatch(/^n1\s+Unknown,SchedulingDisabled/)
    expect(await kubectl('uncordon', 'n1')).toBe('node/n1 uncordoned\n')
    const pod = { nodeName: 'n1', containers: [{ name: 'c', image: 'c' }], terminationGracePeriodSeconds: 0 }
    const metadata = { name: 'drained', namespace: 'default' }
    await kubectl.withInput(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: pod }), 'create', '-f', '-')
    expect((await kubectl.run(['drain', 'n1'])).stderr).toMatch(/default\/drained|declare no controller/)
    expect(await kubectl('drain', 'n1', '--force')).toContain('pod/drained evicted')
    expect(await kubectl('get', 'pods', '-o', 'name')).toBe('')
  })
})
