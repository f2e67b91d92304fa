import { expect, test } from 'vitest'
import { describeKubectl, type KubectlObject } from '../support/describe-kubectl.ts'

const deployment = `spec:
  progressDeadlineSeconds: 600
  replicas: 1
  revisionHistoryLimit: 10
  selector:
    matchLabels:
      app: web
  strategy:
    rollingUpdate:
      maxSurge: 25%
      maxUnavailable: 25%
    type: RollingUpdate
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - image: nginx
        imagePullPolicy: Always
        name: nginx
        resources: {}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Always
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
status: {}
`

/** As short as each kind may be. */
const manifest = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: db:1, ports: [{containerPort: 1}], livenessProbe: {tcpSocket: {port: 1}}}]
  volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: 1Gi}}}}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: agent}], volumes: [{name: conf, configMap: {name: conf}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: lone}
spec: {hostNetwork: true, containers: [{name: a, image: a, ports: [{containerPort: 80}], resources: {limits: {cpu: "1"}}}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: 0 0 * * *
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a:1}]}}}}
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: one}
spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: db}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: two}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: db}
  behavior: {scaleDown: {stabilizationWindowSeconds: 5}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {}, egress: [{ports: [{port: 53}]}]}
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits}
spec: {limits: [{type: Container, max: {cpu: 2}, min: {cpu: 1}}]}
---
apiVersion: v1
kind: Secret
metadata: {name: secret}
data: {a: Yg==}
`

const names = [
  'statefulset.apps/db',
  'daemonset.apps/agent',
  'pod/lone',
  'cronjob.batch/nightly',
  'horizontalpodautoscaler.autoscaling/one',
  'horizontalpodautoscaler.autoscaling/two',
  'persistentvolumeclaim/data',
  'networkpolicy.networking.k8s.io/closed',
  'limitrange/limits',
  'secret/secret',
]

describeKubectl('defaults', (suite) => {
  test('of a deployment are shown when it is created', async () => {
    const kube = await suite.inNamespace('deployment-defaults')
    const shown = await kube('create', 'deployment', 'web', '--image=nginx', '-o', 'yaml')
    // kubectl of old writes times that are not there.
    const spec = shown.slice(shown.indexOf('\nspec:') + 1).replace('      creationTimestamp: null\n', '')
    expect(spec).toBe(deployment)
  })

  test('of a job are shown when it is created: its labels are those of its pods', async () => {
    const kube = await suite.inNamespace('job-defaults')
    const shown = JSON.parse(await kube('create', 'job', 'once', '--image=busybox:1', '-o', 'json')) as KubectlObject
    const { uid, labels } = shown.metadata
    expect(labels).toEqual({
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': 'once',
      'controller-uid': uid,
      'job-name': 'once',
    })
    expect(shown.spec).toMatchObject({
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      completions: 1,
      manualSelector: false,
      parallelism: 1,
      // kubectl of old prints only what it knows.
      ...(suite.newest && { podReplacementPolicy: 'TerminatingOrFailed' }),
      suspend: false,
      template: { metadata: { labels }, spec: { containers: [{ imagePullPolicy: 'IfNotPresent' }] } },
    })
  })

  test('are no difference to what was applied', async () => {
    const kube = await suite.inNamespace('unchanged-defaults')
    const path = await suite.file('short.yaml', manifest)
    const all = (outcome: string) => names.map((name) => `${name} ${outcome}\n`).join('')
    const read = async () => JSON.parse(await kube('get', '-f', path, '-o', 'json')) as KubectlObject
    expect(await kube('apply', '-f', path)).toBe(all('created'))
    const created = await read()
    // Lists without a merge key are sent whole as soon as they differ, which changes nothing.
    const sentWhole = /^(statefulset|networkpolicy|limitrange)/
    expect(await kube('apply', '-f', path)).toBe(
      names.map((name) => `${name} ${sentWhole.test(name) ? 'configured' : 'unchanged'}\n`).join(''),
    )
    expect(await read()).toEqual(created)
    expect(await kube('replace', '-f', path)).toBe(all('replaced'))
    const replaced = await read()
    expect(replaced.items.map(({ spec, metadata }) => [spec, metadata.generation])).toEqual(
      created.items.map(({ spec, metadata }) => [spec, metadata.generation]),
    )
  })

  test('let an update roll out as it would anywhere', async () => {
    const kube = await suite.inNamespace('rolling-defaults')
    await kube('create', 'deployment', 'web', '--image=nginx')
    await kube('set', 'image', 'deployment/web', 'nginx=nginx:1.29')
    const { spec, metadata } = await kube.json('deployment/web')
    expect(spec).toMatchObject({
      strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      // What was set for the first image stays.
      template: { spec: { containers: [{ image: 'nginx:1.29', imagePullPolicy: 'Always' }] } },
    })
    expect(metadata.generation).toBe(2)
    await kube('patch', 'deployment/web', '-p', '{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}')
    expect((await kube.json('deployment/web')).spec).toMatchObject({ strategy: { type: 'Recreate' } })
    expect(JSON.stringify((await kube.json('deployment/web')).spec)).not.toContain('rollingUpdate')
  })
})
