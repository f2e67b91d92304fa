import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Release } from '../support/command-line-tools.ts'
import { type Helm, helmFor } from '../support/helm.ts'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { startSampleServer } from '../support/sample-server-process.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const chart = fileURLToPath(new URL('./testdata/flunders', import.meta.url))

/** helm 4 applies on the server unless told, which is not served yet; later commands do as the release was installed. */
const clients: readonly (readonly [Release, readonly string[]])[] = [
  ['newest', ['--server-side=false']],
  ['oldest', []],
]

describe.each(clients)('objects of an extension server and the %s helm', (release, installFlags) => {
  let controlPlane: TestControlPlane
  let client: HttpsClient
  let helm: Helm
  let server: { stop(): Promise<void> }

  beforeAll(async () => {
    controlPlane = await startTestControlPlane()
    client = await httpsClient(controlPlane.kubeconfig)
    helm = await helmFor(controlPlane, release)
    server = await startSampleServer(controlPlane)
    const fischer = { apiVersion: 'wardle.example.com/v1alpha1', kind: 'Fischer', metadata: { name: 'no-evil' } }
    await client.post('/apis/wardle.example.com/v1alpha1/fischers', { ...fischer, disallowedFlunders: ['web-evil'] })
  })
  afterAll(async () => {
    client.close()
    await server.stop()
    await controlPlane.stop()
  })

  const flunders = '/apis/wardle.example.com/v1alpha1/namespaces/shop/flunders'
  const inShop = ['-n', 'shop'] as const
  const references = async () => {
    const { items } = (await client.get(`${flunders}?labelSelector=release%3Dweb`)).json
    return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec['reference']]))
  }

  test('install, upgrade, rollback, uninstall', async () => {
    const waiting = ['--wait', '--timeout', '60s']
    expect(await helm('install', 'web', chart, ...inShop, '--create-namespace', ...waiting, ...installFlags)).toContain(
      'STATUS: deployed',
    )
    expect(await references()).toEqual({ 'web-first': 'one', 'web-second': 'one' })
    const first = (await client.get(`${flunders}/web-first`)).json
    expect(first.metadata.annotations).toMatchObject({ 'meta.helm.sh/release-name': 'web' })
    const found = (await client.get('/api/v1/namespaces/shop/configmaps/web-found')).json
    expect(found.data).toEqual({ banned: 'web-evil' })

    // Somebody else's field stays, what the chart says is changed in place, what it names no more is deleted.
    await client.patch(`${flunders}/web-first`, { metadata: { labels: { mine: 'yes' } } }, 'merge')
    const values = ['--set', 'reference=two', '--set', 'names={first,third}']
    expect(await helm('upgrade', 'web', chart, ...inShop, ...values, ...waiting)).toContain('REVISION: 2')
    expect(await references()).toEqual({ 'web-first': 'two', 'web-third': 'two' })
    const upgraded = (await client.get(`${flunders}/web-first`)).json
    expect([upgraded.metadata.uid, upgraded.metadata.labels]).toEqual([
      first.metadata.uid,
      { mine: 'yes', release: 'web', 'app.kubernetes.io/managed-by': 'Helm' },
    ])
    expect((await client.get(`${flunders}/web-before`)).json.spec['reference']).toBe('revision-2')

    expect(await helm('rollback', 'web', '1', ...inShop, ...waiting)).toContain('Rollback was a success')
    expect(await references()).toEqual({ 'web-first': 'one', 'web-second': 'one' })

    expect(await helm('uninstall', 'web', ...inShop, ...waiting)).toContain('release "web" uninstalled')
    expect(await references()).toEqual({})
  })

  test('what the server behind refuses fails the release, which can be mended', async () => {
    const values = ['--set', 'names={evil}', '--create-namespace', ...installFlags]
    const refused = await helm.run(['install', 'web', chart, ...inShop, ...values])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('this name may not be used, please change the resource name')
    await helm('upgrade', 'web', chart, ...inShop, '--set', 'names={good}')
    expect(await references()).toEqual({ 'web-good': 'one' })
    await helm('uninstall', 'web', ...inShop)
  })
})
