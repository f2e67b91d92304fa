import { aggregatedDiscoveryForm } from '@fairlead/api'
import { decodeEnvelope, parseYaml } from '@fairlead/apimachinery'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const parameters = 'g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const json = `application/json;${parameters}`
const yaml = `application/yaml;${parameters}`
const protobuf = `application/vnd.kubernetes.protobuf;${parameters}`

describe.each(['/api', '/apis'])('aggregated discovery at %s', (path) => {
  let controlPlane: TestControlPlane
  let client: HttpsClient
  const get = (accept: string, query = '', headers = {}) => client.get(`${path}${query}`, { accept, ...headers })

  beforeAll(async () => {
    controlPlane = await startTestControlPlane()
    client = await httpsClient(controlPlane.kubeconfig)
  })
  afterAll(async () => {
    client.close()
    await controlPlane.stop()
  })

  test('says the same in JSON, YAML and protobuf, under the same ETag', async () => {
    const [asJson, asYaml, asProtobuf] = await Promise.all([json, yaml, protobuf].map((accept) => get(accept)))
    if (asJson === undefined || asYaml === undefined || asProtobuf === undefined) throw new Error('no answer')
    for (const [answer, type] of [
      [asJson, json],
      [asYaml, yaml],
      [asProtobuf, protobuf],
    ] as const) {
      expect(answer.status).toBe(200)
      expect(answer.headers).toMatchObject({
        'content-type': type,
        'cache-control': 'public',
        vary: 'Accept',
        etag: asJson.headers.etag,
      })
      const again = await get(type, '', { 'if-none-match': String(answer.headers.etag) })
      expect(again.status).toBe(304)
      expect(again.bytes).toHaveLength(0)
    }
    expect(asJson.headers.etag).toMatch(/^"[0-9A-F]{128}"$/)
    expect(asJson.text.endsWith('\n')).toBe(true)
    expect(parseYaml(asYaml.bytes).value).toEqual(asJson.json)
    const { apiVersion, kind, raw } = decodeEnvelope(asProtobuf.bytes)
    expect({ apiVersion, kind }).toEqual({ apiVersion: 'apidiscovery.k8s.io/v2', kind: 'APIGroupDiscoveryList' })
    const decoded = aggregatedDiscoveryForm()?.decode(raw) as {
      items: { versions: { resources: { responseKind: object }[] }[] }[]
    }
    const resources = (list: typeof decoded) =>
      list.items.flatMap(({ versions }) => versions.flatMap((version) => version.resources))
    const expected = resources(asJson.json as unknown as typeof decoded)
    expect(resources(decoded).map(({ responseKind }) => ({ group: '', version: '', ...responseKind }))).toEqual(
      expected.map(({ responseKind }) => responseKind),
    )
  })

  test.each([
    ['a plain clause first', `application/json,${json}`, json],
    ['a version that is not served first', `${json.replace('v=v2', 'v=v2beta1')},${json}`, json],
    ['the usual three of clients', `${json},${json.replace('v=v2', 'v=v2beta1')},application/json`, json],
    ['a quality that puts YAML first', `${json};q=0.5,${yaml};q=0.9`, yaml],
    ['a wildcard for the subtype', `application/*;${parameters}`, json],
    ['a wildcard for the type', `*/*;${parameters}`, json],
    ['the view of this server alone', `${json};profile=nopeer`, json],
    ['a stream, which changes nothing', `${protobuf};stream=watch`, protobuf],
    ['a stream, which YAML cannot be', `${yaml};stream=watch,${protobuf}`, protobuf],
  ])('%s', async (_, accept, type) => {
    const answer = await get(accept)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe(type)
  })

  test.each([
    ['no parameters', 'application/json'],
    ['a version that is not served', `${json.replace('v=v2', 'v=v2beta1')},application/json`],
    ['a server version', `${json};sv=v1,application/json`],
    ['another kind', `${json.replace('DiscoveryList', 'List')},application/json`],
    ['another media type', `text/html;${parameters},application/json`],
  ])('%s: the documents of old', async (_, accept) => {
    const answer = await get(accept)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('application/json')
    expect(answer.json).toMatchObject({ kind: path === '/api' ? 'APIVersions' : 'APIGroupList' })
  })

  test.each([
    ['the query', json, '?pretty=1', {}],
    ['a parameter', `${json};pretty=1`, '', {}],
    ['curl', json, '', { 'user-agent': 'curl/8.5.0' }],
  ])('is indented for %s', async (_, accept, query, headers) => {
    const answer = await get(accept, query, headers)
    expect(answer.headers['content-type']).toBe(json)
    expect(answer.text).toMatch(/^\{\n {2}"kind": "APIGroupDiscoveryList",\n/)
    expect(answer.text.endsWith('}')).toBe(true)
    expect(answer.headers.etag).toBe((await get(json)).headers.etag)
  })
})
