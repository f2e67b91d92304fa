import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Release } from '../support/command-line-tools.ts'
import { type Helm, helmFor } from '../support/helm.ts'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const chart = fileURLToPath(new URL('./testdata/shop', import.meta.url))
/** Has hooks, and only kinds that are ready as soon as they are there. */
const hooked = fileURLToPath(new URL('./testdata/hooked', import.meta.url))

interface HelmClient {
  readonly release: Release
  readonly major: string
  /** Flags of `install`; later commands do as the release was installed. */
  readonly installFlags: readonly string[]
}

const clients: readonly HelmClient[] = [
  // helm 4 applies on the server unless told, which is not served yet.
  { release: 'newest', major: 'v4.', installFlags: ['--server-side=false'] },
  { release: 'oldest', major: 'v3.', installFlags: [] },
]

interface ReleaseRow {
  readonly name: string
  readonly revision: string | number
  readonly status: string
}

describe.each(clients)('helm $major', ({ release, major, installFlags }) => {
  let controlPlane: TestControlPlane
  let client: HttpsClient
  let helm: Helm

  beforeAll(async () => {
    controlPlane = await startTestControlPlane()
    client = await httpsClient(controlPlane.kubeconfig)
    helm = await helmFor(controlPlane, release)
  })
  afterAll(async () => {
    client.close()
    await controlPlane.stop()
  })

  const inNamespace = (namespace: string) => (path: string) => client.get(path.replace('{ns}', namespace))
  const rows = async (...args: string[]) => JSON.parse(await helm(...args, '-o', 'json')) as ReleaseRow[]

  test('is the release that it claims to be', async () => {
    expect(await helm('version', '--short')).toContain(major)
  })

  test('install, list, upgrade, rollback, history and uninstall', async () => {
    const installed = await helm('install', 'web', chart, '-n', 'shop', '--create-namespace', ...installFlags)
    expect(installed).toContain('STATUS: deployed')
    expect(installed).toContain('web says hello.')
    expect(await rows('list', '-n', 'shop')).toMatchObject([{ name: 'web', revision: '1', status: 'deployed' }])

    const get = inNamespace('shop')
    const deployment = '/apis/apps/v1/namespaces/{ns}/deployments/web'
    const settings = '/api/v1/namespaces/{ns}/configmaps/web-settings'
    expect((await get(deployment)).json).toMatchObject({
      metadata: {
        generation: 1,
        labels: { app: 'web', 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' },
      },
      spec: { replicas: 2, template: { spec: { containers: [{ name: 'web', image: 'nginx:1.28' }] } } },
    })
    expect((await get(settings)).json.data).toEqual({ greeting: 'hello' })
    expect((await get('/api/v1/namespaces/{ns}/secrets/web-password')).json.data).toEqual({
      password: Buffer.from('s3cret').toString('base64'),
    })
    const service = (await get('/api/v1/namespaces/{ns}/services/web')).json

    const values = ['replicas=5', 'image=nginx:1.29', 'extra=more'].join(',')
    const upgraded = await helm('upgrade', 'web', chart, '-n', 'shop', '--set', values)
    expect(upgraded).toContain('REVISION: 2')
    expect((await get(deployment)).json).toMatchObject({
      metadata: { generation: 2 },
      spec: {
        replicas: 5,
        template: { spec: { containers: [{ image: 'nginx:1.29', ports: [{ containerPort: 80 }] }] } },
      },
    })
    expect((await get(settings)).json.data).toEqual({ greeting: 'hello', extra: 'more' })
    const unchanged = (await get('/api/v1/namespaces/{ns}/services/web')).json
    expect(unchanged.metadata.resourceVersion).toBe(service.metadata.resourceVersion)

    expect(await helm('rollback', 'web', '1', '-n', 'shop')).toContain('Rollback was a success')
    expect((await get(deployment)).json).toMatchObject({
      metadata: { generation: 3 },
      spec: { replicas: 2, template: { spec: { containers: [{ image: 'nginx:1.28' }] } } },
    })
    expect((await get(settings)).json.data).toEqual({ greeting: 'hello' })
    expect((await rows('history', 'web', '-n', 'shop')).map(({ revision, status }) => [revision, status])).toEqual([
      [1, 'superseded'],
      [2, 'superseded'],
      [3, 'deployed'],
    ])
    expect(await helm('get', 'manifest', 'web', '-n', 'shop')).toContain('image: nginx:1.28')

    expect(await helm('uninstall', 'web', '-n', 'shop')).toContain('release "web" uninstalled')
    for (const path of [deployment, settings, '/api/v1/namespaces/{ns}/services/web']) {
      expect((await get(path)).status).toBe(404)
    }
    expect((await get('/api/v1/namespaces/{ns}/secrets')).json.items).toEqual([])
    expect(await rows('list', '-n', 'shop')).toEqual([])
  })

  test('a second install of the same name is refused', async () => {
    await helm('install', 'twice', chart, '-n', 'twice', '--create-namespace', ...installFlags)
    const again = await helm.run(['install', 'twice', chart, '-n', 'twice', ...installFlags])
    expect(again.code).toBe(1)
    expect(again.stderr).toMatch(/cannot re-?use a name that is still in use/)
  })

  test('an object of somebody else stops an install and is left alone', async () => {
    await client.post('/api/v1/namespaces', { metadata: { name: 'foreign' } })
    const path = '/api/v1/namespaces/foreign/configmaps'
    const before = await client.post(path, { metadata: { name: 'web-settings' }, data: { mine: 'yes' } })
    expect(before.status).toBe(201)
    const result = await helm.run(['install', 'web', chart, '-n', 'foreign', ...installFlags])
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('exists and cannot be imported into the current release')
    expect((await client.get(`${path}/web-settings`)).text).toBe(before.text)
  })

  test('hooks run in their turn, --wait ends, and status, values and manifest can be read back', async () => {
    const get = inNamespace('hooked')
    const configMap = async (name: string) => get(`/api/v1/namespaces/{ns}/configmaps/${name}`)
    const waiting = ['-n', 'hooked', '--wait', '--timeout', '30s']
    const installed = await helm('install', 'web', hooked, '--create-namespace', ...waiting, ...installFlags)
    expect(installed).toContain('STATUS: deployed')
    expect((await configMap('web-settings')).json.data).toEqual({
      greeting: 'hello',
      kubeVersion: expect.stringMatching(/^v1\.36\./),
      served: 'true',
      found: 'default',
    })
    expect((await configMap('web-before')).json.data).toEqual({ revision: '1' })
    expect((await get('/api/v1/namespaces/{ns}/secrets/web-after')).status).toBe(404)

    await helm('upgrade', 'web', hooked, '--set', 'greeting=moin', ...waiting)
    expect((await configMap('web-before')).json.data).toEqual({ revision: '2' })
    expect(JSON.parse(await helm('status', 'web', '-n', 'hooked', '-o', 'json'))).toMatchObject({
      name: 'web',
      version: 2,
      info: { status: 'deployed' },
    })
    expect(JSON.parse(await helm('get', 'values', 'web', '-n', 'hooked', '-o', 'json'))).toEqual({ greeting: 'moin' })
    expect(await helm('get', 'manifest', 'web', '-n', 'hooked')).toContain('greeting: moin')
    expect(await helm('get', 'hooks', 'web', '-n', 'hooked')).toContain('name: web-before')
    await helm('test', 'web', '-n', 'hooked')
    expect((await configMap('web-tested')).status).toBe(200)

    await helm('uninstall', 'web', ...waiting)
    expect((await configMap('web-settings')).status).toBe(404)
  })

  test('template and dry runs store nothing', async () => {
    expect(await helm('template', 'web', chart)).toContain('kind: Deployment')
    const dryRun = major === 'v4.' ? '--dry-run=server' : '--dry-run'
    await client.post('/api/v1/namespaces', { metadata: { name: 'dry' } })
    const rendered = await helm('install', 'web', hooked, '-n', 'dry', dryRun, ...installFlags)
    expect(rendered).toContain('kind: ServiceAccount')
    expect((await client.get('/api/v1/namespaces/dry/configmaps')).json.items).toEqual([])
    expect((await client.get('/api/v1/namespaces/dry/secrets')).json.items).toEqual([])
  })

  test('a failed install is recorded, and can be upgraded', async () => {
    const broken = ['--set', 'greeting=[1]']
    await helm('install', 'web', hooked, '-n', 'broken', '--create-namespace', ...installFlags)
    const failed = await helm.run(['upgrade', 'web', hooked, '-n', 'broken', ...broken])
    expect(failed.code).toBe(1)
    expect((await rows('list', '-n', 'broken')).map(({ status }) => status)).toEqual(['failed'])
    await helm('upgrade', 'web', hooked, '-n', 'broken', '--set', 'greeting=again')
    expect((await rows('history', 'web', '-n', 'broken')).at(-1)).toMatchObject({ revision: 3, status: 'deployed' })
  })
})
