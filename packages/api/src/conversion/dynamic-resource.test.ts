import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { describe, expect, it } from 'vitest'
import { convertDynamicResource } from './dynamic-resource.ts'

const object = (version: string, kind: string, spec: JsonObject): KubeObject => ({
  kind,
  apiVersion: `resource.k8s.io/${version}`,
  metadata: { name: 'a' },
  spec,
})

const flatRequests = [
  { name: 'one', deviceClassName: 'gpu', count: 2 },
  { name: 'two', deviceClassName: '', firstAvailable: [{ name: 'x', deviceClassName: 'gpu' }] },
]
const requests = [
  { name: 'one', exactly: { deviceClassName: 'gpu', count: 2 } },
  { name: 'two', firstAvailable: [{ name: 'x', deviceClassName: 'gpu' }] },
]
const flatDevices = [{ name: 'a', basic: { attributes: { b: { int: 1 } } } }]
const devices = [{ name: 'a', attributes: { b: { int: 1 } } }]

describe('convertDynamicResource', () => {
  it.each([
    ['ResourceClaim', { devices: { requests: flatRequests } }, { devices: { requests } }],
    ['ResourceClaim', {}, {}],
    [
      'ResourceClaimTemplate',
      { metadata: {}, spec: { devices: { requests: flatRequests } } },
      { metadata: {}, spec: { devices: { requests } } },
    ],
    ['ResourceSlice', { driver: 'd', devices: flatDevices }, { driver: 'd', devices }],
    ['ResourceSlice', { driver: 'd' }, { driver: 'd' }],
  ])('%s: %o', (kind, flat, nested) => {
    const v1beta1 = object('v1beta1', kind, flat)
    const v1 = object('v1', kind, nested)
    expect(convertDynamicResource(v1beta1, 'resource.k8s.io/v1')).toEqual(v1)
    expect(convertDynamicResource(v1, 'resource.k8s.io/v1beta1')).toEqual(v1beta1)
    expect(convertDynamicResource(v1, 'resource.k8s.io/v1beta2')).toEqual(object('v1beta2', kind, nested))
  })
})
