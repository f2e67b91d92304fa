import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuthenticationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const core = '/api/v1/namespaces/default'
let controlPlane: TestControlPlane
let admin: HttpsClient
const before = { host: process.env['KUBERNETES_SERVICE_HOST'], port: process.env['KUBERNETES_SERVICE_PORT'] }

beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  admin = await httpsClient(controlPlane.kubeconfig)
})
afterAll(async () => {
  for (const [name, value] of Object.entries(before)) {
    const key = `KUBERNETES_SERVICE_${name.toUpperCase()}`
    if (value === undefined) delete process.env[key]
    else process.env[key] = value
  }
  admin.close()
  await controlPlane.stop()
})

test('a program in a pod finds token, authority and server where a kubelet puts them', async () => {
  await admin.post(`${core}/serviceaccounts`, { metadata: { name: 'app' } })
  await admin.post('/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', {
    metadata: { name: 'app-views' },
    roleRef: { kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'ServiceAccount', name: 'app' }],
  })
  const spec = { serviceAccountName: 'app', containers: [{ name: 'c', image: 'i' }] }
  const pod = (await admin.post(`${core}/pods`, { metadata: { name: 'app-1' }, spec })).json
  const { status } = (
    await admin.post(`${core}/serviceaccounts/app/token`, {
      spec: {
        expirationSeconds: 3607,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'app-1', uid: pod.metadata.uid },
      },
    })
  ).json
  const mount = join(controlPlane.folder, 'var/run/secrets/kubernetes.io/serviceaccount')
  await mkdir(mount, { recursive: true })
  await writeFile(join(mount, 'token'), (status as { token: string }).token)
  await writeFile(join(mount, 'ca.crt'), admin.credentials.ca)
  await writeFile(join(mount, 'namespace'), 'default')
  process.env['KUBERNETES_SERVICE_HOST'] = admin.credentials.host
  process.env['KUBERNETES_SERVICE_PORT'] = String(admin.credentials.port)

  const config = new KubeConfig()
  config.loadFromCluster(controlPlane.folder)
  const me = await config.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: {} })
  expect(me.status?.userInfo).toMatchObject({
    username: 'system:serviceaccount:default:app',
    extra: { 'authentication.kubernetes.io/pod-name': ['app-1'] },
  })
  const pods = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'default' })
  expect(pods.items.map(({ metadata }) => metadata?.name)).toEqual(['app-1'])

  await admin.delete(`${core}/pods/app-1`, { gracePeriodSeconds: 0 })
  await expect(config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'default' })).rejects.toMatchObject({
    code: 401,
  })
})
