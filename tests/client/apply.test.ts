import { createClient, type TransportRequest } from '@fairlead/client'
import { expect, test } from 'vitest'
import { response } from './faulty-server.ts'

const wanted = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'n' }, data: { b: 'c' } }
const configMaps = (requests: TransportRequest[]) =>
  createClient((request) => {
    requests.push(request)
    return Promise.resolve(response(200, [Buffer.from('{}')]))
  }).resource<typeof wanted>('v1', 'configmaps')
const path = '/api/v1/namespaces/n/configmaps/a'

test.each([
  ['names the manager', { fieldManager: 'me' }, `${path}?fieldManager=me`],
  ['takes fields over', { fieldManager: 'me', force: true }, `${path}?fieldManager=me&force=true`],
  ['tries only', { fieldManager: 'me', dryRun: true }, `${path}?dryRun=All&fieldManager=me`],
])('server-side apply %s', async (_title, options, expected) => {
  const requests: TransportRequest[] = []
  await configMaps(requests).apply(wanted, options)
  await configMaps(requests).subresource('status').apply(wanted, options)
  for (const [index, { method, headers, body }] of requests.entries()) {
    expect(method).toBe('PATCH')
    expect(requests[index]?.path).toBe(index === 0 ? expected : expected.replace('/a?', '/a/status?'))
    expect(headers?.['content-type']).toBe('application/apply-patch+yaml')
    expect(JSON.parse(String(body))).toEqual(wanted)
  }
})
