import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const endpoints = '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"'
const addresses = '299 - "networking.k8s.io/v1beta1 IPAddress is deprecated in v1.34+, unavailable in v1.37+"'

describe('versions that clients should leave', () => {
  let controlPlane: TestControlPlane
  let client: HttpsClient
  const gauges = async () => {
    const lines = (await client.get('/metrics')).text.split('\n')
    return lines.filter((line) => line.startsWith('apiserver_requested_deprecated_apis{'))
  }

  beforeAll(async () => {
    controlPlane = await startTestControlPlane({ runtimeConfig: ['api/all=true'] })
    client = await httpsClient(controlPlane.kubeconfig)
  })
  afterAll(async () => {
    client.close()
    await controlPlane.stop()
  })

  test('every answer warns, and a metric tells which were asked for', async () => {
    expect((await gauges()).join()).not.toContain('ipaddresses')
    const list = '/api/v1/namespaces/default/endpoints'
    const metadata = { name: 'a' }
    const answers = [
      await client.get(list),
      await client.post(list, { metadata }),
      await client.get(`${list}/a`),
      await client.get(`${list}/missing`),
      await client.patch(`${list}/a`, { metadata: { labels: { a: 'b' } } }, 'merge'),
      await client.delete(`${list}/a`),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 201, 200, 404, 200, 200])
    for (const { headers } of answers) expect(headers['warning']).toBe(endpoints)
    expect((await client.get('/apis/networking.k8s.io/v1beta1/ipaddresses')).headers['warning']).toBe(addresses)
    expect((await client.get('/apis/networking.k8s.io/v1/ipaddresses')).headers).not.toHaveProperty('warning')
    expect(await gauges()).toEqual([
      'apiserver_requested_deprecated_apis{group="",version="v1",resource="endpoints",subresource="",removed_release=""} 1',
      'apiserver_requested_deprecated_apis{group="networking.k8s.io",version="v1beta1",resource="ipaddresses",subresource="",removed_release="1.37"} 1',
    ])
  })

  test('a watch warns before its first event', async () => {
    const stream = await client.call('GET', '/api/v1/endpoints?watch=1&timeoutSeconds=1')
    expect(stream.status).toBe(200)
    expect(stream.headers['warning']).toBe(endpoints)
  })
})
