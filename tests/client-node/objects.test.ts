import {
  ApiException,
  AppsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
  VersionApi,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'nginx', image: 'nginx:1.28', ports: [{ containerPort: 80 }] }] },
    },
  },
}

describe('@kubernetes/client-node', () => {
  let controlPlane: TestControlPlane
  const config = new KubeConfig()

  beforeAll(async () => {
    controlPlane = await startTestControlPlane()
    config.loadFromFile(controlPlane.kubeconfig)
  })
  afterAll(() => controlPlane.stop())

  test('the version is that of Kubernetes 1.36', async () => {
    expect(await config.makeApiClient(VersionApi).getCode()).toMatchObject({ major: '1', minor: '36' })
  })

  describe('CoreV1Api', () => {
    const namespace = 'typed'
    let core: CoreV1Api
    beforeAll(async () => {
      core = config.makeApiClient(CoreV1Api)
      await core.createNamespace({ body: { metadata: { name: namespace } } })
    })

    test('creates, reads, replaces, lists and deletes', async () => {
      const created = await core.createNamespacedConfigMap({
        namespace,
        body: { metadata: { name: 'settings', labels: { tier: 'front' } }, data: { a: '1' } },
      })
      expect(created.metadata?.creationTimestamp).toBeInstanceOf(Date)
      const read = await core.readNamespacedConfigMap({ namespace, name: 'settings' })
      expect(read).toEqual(created)
      const replaced = await core.replaceNamespacedConfigMap({
        namespace,
        name: 'settings',
        body: { ...read, data: { a: '2' } },
      })
      expect(replaced.data).toEqual({ a: '2' })
      const { items } = await core.listNamespacedConfigMap({ namespace, labelSelector: 'tier=front' })
      expect(items.map((item) => item.data)).toEqual([{ a: '2' }])
      const status = await core.deleteNamespacedConfigMap({ namespace, name: 'settings' })
      expect(status).toMatchObject({ status: 'Success', details: { name: 'settings', kind: 'configmaps' } })
    })

    test('a replace with an old version is a conflict', async () => {
      const first = await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'raced' } } })
      await core.replaceNamespacedConfigMap({ namespace, name: 'raced', body: { ...first, data: { a: '1' } } })
      const failure = core.replaceNamespacedConfigMap({
        namespace,
        name: 'raced',
        body: { ...first, data: { a: '2' } },
      })
      const error = await failure.catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(ApiException)
      expect(error).toMatchObject({ code: 409 })
      expect(JSON.parse((error as ApiException<string>).body)).toMatchObject({
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on configmaps "raced": the object has been modified; please apply your changes to the latest version and try again',
      })
    })

    test.each([
      [PatchStrategy.JsonPatch, [{ op: 'replace', path: '/data/a', value: '2' }]],
      [PatchStrategy.MergePatch, { data: { a: '2' } }],
      [PatchStrategy.StrategicMergePatch, { data: { a: '2' } }],
    ])('patches with %s', async (strategy, body) => {
      const { metadata } = await core.createNamespacedConfigMap({
        namespace,
        body: { metadata: { generateName: 'patched-' }, data: { a: '1', b: '1' } },
      })
      const name = metadata?.name ?? ''
      expect(name).toMatch(/^patched-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
      const patched = await core.patchNamespacedConfigMap(
        { namespace, name, body },
        setHeaderOptions('Content-Type', strategy),
      )
      expect(patched.data).toEqual({ a: '2', b: '1' })
    })

    test('lists in chunks with continue', async () => {
      const names = Array.from({ length: 23 }, (_, index) => `chunk-${String(index).padStart(2, '0')}`)
      for (const name of names) {
        await core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels: { chunk: 'yes' } } } })
      }
      const seen: string[] = []
      const versions = new Set<string | undefined>()
      let _continue: string | undefined
      let chunks = 0
      do {
        const list = await core.listNamespacedConfigMap({
          namespace,
          labelSelector: 'chunk',
          limit: 10,
          ...(_continue ? { _continue } : {}),
        })
        seen.push(...list.items.map((item) => item.metadata?.name ?? ''))
        versions.add(list.metadata?.resourceVersion)
        _continue = list.metadata?._continue
        chunks += 1
      } while (_continue)
      expect(seen).toEqual(names)
      expect(chunks).toBe(3)
      expect(versions.size).toBe(1)
    })

    test('a missing object is not found', async () => {
      const error = await core.readNamespacedSecret({ namespace, name: 'none' }).catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code: 404 })
      expect(JSON.parse((error as ApiException<string>).body).message).toBe('secrets "none" not found')
    })

    test('deletes a collection by label', async () => {
      for (const name of ['gone-1', 'gone-2']) {
        await core.createNamespacedSecret({ namespace, body: { metadata: { name, labels: { gone: 'yes' } } } })
      }
      await core.createNamespacedSecret({ namespace, body: { metadata: { name: 'stays' } } })
      await core.deleteCollectionNamespacedSecret({ namespace, labelSelector: 'gone=yes' })
      const { items } = await core.listNamespacedSecret({ namespace })
      expect(items.map((item) => item.metadata?.name)).toEqual(['stays'])
    })
  })

  test('AppsV1Api scales through the subresource', async () => {
    const apps = config.makeApiClient(AppsV1Api)
    const namespace = 'default'
    await apps.createNamespacedDeployment({ namespace, body: { ...deployment, metadata: { name: 'scaled' } } })
    const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'scaled' })
    expect(scale).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 0, selector: 'app=web' } })
    await apps.replaceNamespacedDeploymentScale({
      namespace,
      name: 'scaled',
      body: { ...scale, spec: { replicas: 9 } },
    })
    expect((await apps.readNamespacedDeployment({ namespace, name: 'scaled' })).spec?.replicas).toBe(9)
  })

  test('AuthorizationV1Api reviews what the user may do', async () => {
    const review = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({
      body: { spec: { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } } },
    })
    expect(review.status?.allowed).toBe(true)
  })

  test('KubernetesObjectApi creates, reads, patches, replaces, lists and deletes whatever discovery knows', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config)
    const { apiVersion, kind } = deployment
    const header = { apiVersion, kind, metadata: { name: 'web', namespace: 'default' } }
    const created = await objects.create(deployment)
    expect(created.metadata).toMatchObject({ generation: 1 })
    const patched = await objects.patch(
      {
        ...header,
        spec: { template: { spec: { containers: [{ name: 'side', image: 'busybox' }] } } },
      } as typeof header,
      undefined,
      undefined,
      undefined,
      undefined,
      PatchStrategy.StrategicMergePatch,
    )
    // What a strategic merge patch adds comes before what was there.
    expect(patched).toMatchObject({
      spec: { template: { spec: { containers: [{ name: 'side' }, { name: 'nginx' }] } } },
    })
    const read = await objects.read<typeof deployment>(header)
    expect(read.spec.template.spec.containers).toHaveLength(2)
    await objects.replace({ ...read, spec: { ...read.spec, replicas: 4 } })
    const { items } = await objects.list<typeof deployment>(apiVersion, kind, 'default')
    expect(items.find(({ metadata }) => metadata.name === 'web')?.spec.replicas).toBe(4)
    expect(await objects.delete(header)).toMatchObject({ status: 'Success' })
    await expect(objects.read(header)).rejects.toMatchObject({ code: 404 })
  })
})
