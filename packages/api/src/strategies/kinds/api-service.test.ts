import { aggregateFieldErrors, fieldErrorMessage, type JsonObject } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import { apiServiceRules, defaultServicePort } from './api-service.ts'

const context = {} as never
const bundle = Buffer.from('12345').toString('base64')
const local = { group: 'a.io', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 }
const remote = { ...local, service: { namespace: 'n', name: 's', port: 443 } }

function problems(spec: JsonObject, name = 'v1.a.io'): readonly string[] {
  const object = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name }, spec }
  return (apiServiceRules.validateCreate?.(object, context) ?? []).map(
    (error) => `${error.field}: ${fieldErrorMessage(error)}`,
  )
}

test.each<[string, JsonObject, string]>([
  ['core', { ...local, group: '' }, 'v1.'],
  ['local', local, 'v1.a.io'],
  ['remote', remote, 'v1.a.io'],
  ['highest priorities', { ...local, groupPriorityMinimum: 20000, versionPriority: 1000 }, 'v1.a.io'],
  ['insecure', { ...remote, insecureSkipTLSVerify: true }, 'v1.a.io'],
  ['with a bundle', { ...remote, caBundle: bundle }, 'v1.a.io'],
])('APV: %s is valid', (_what, spec, name) => {
  expect(problems(spec, name)).toEqual([])
})

test.each<[string, JsonObject, string]>([
  [
    'APV-2',
    { ...local, version: 'v2' },
    'metadata.name: metadata.name: Invalid value: "v1.a.io": must be `spec.version+"."+spec.group`: "v2.a.io"',
  ],
  [
    'APV-3',
    { ...local, group: '', version: 'v2' },
    'spec.group: spec.group: Required value: only v1 may have an empty group and it better be legacy kube',
  ],
  [
    'APV-6',
    { ...local, groupPriorityMinimum: 0 },
    'spec.groupPriorityMinimum: spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000',
  ],
  [
    'APV-6',
    { ...local, groupPriorityMinimum: 20001 },
    'spec.groupPriorityMinimum: spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000',
  ],
  [
    'APV-7',
    { ...local, versionPriority: 1001 },
    'spec.versionPriority: spec.versionPriority: Invalid value: 1001: must be positive and less than 1000',
  ],
  [
    'APV-8',
    { ...local, caBundle: bundle },
    'spec.caBundle: spec.caBundle: Invalid value: "5 bytes": local APIServices may not have a caBundle',
  ],
  [
    'APV-9',
    { ...local, insecureSkipTLSVerify: true },
    'spec.insecureSkipTLSVerify: spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
  ],
  [
    'APV-10',
    { ...local, service: { namespace: '', name: 's', port: 1 } },
    'spec.service.namespace: spec.service.namespace: Required value',
  ],
  [
    'APV-11',
    { ...local, service: { namespace: 'n', name: '', port: 1 } },
    'spec.service.name: spec.service.name: Required value',
  ],
  [
    'APV-12',
    { ...local, service: { namespace: 'n', name: 's', port: 65536 } },
    'spec.service.port: spec.service.port: Invalid value: 65536: port is not valid: must be between 1 and 65535, inclusive',
  ],
  [
    'APV-13',
    { ...remote, insecureSkipTLSVerify: true, caBundle: bundle },
    'spec.insecureSkipTLSVerify: spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present',
  ],
])('%s: %o', (_id, spec, expected) => {
  expect(problems(spec)).toContain(expected)
})

test('APV-4 APV-5: names of group and version', () => {
  expect(problems({ ...local, group: 'A_io' }).join()).toContain('a lowercase RFC 1123 subdomain must consist of')
  expect(problems({ ...local, version: '1' }).join()).toContain('a DNS-1035 label must consist of')
})

test('APV-14: the status of a condition', () => {
  const object = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.a.io' },
    status: {
      conditions: [
        { type: 'A', status: 'True' },
        { type: 'B', status: 'Maybe' },
      ],
    },
  }
  const errors = apiServiceRules.validateStatusUpdate?.(object, object, context) ?? []
  expect(aggregateFieldErrors(errors)).toBe(
    'status.conditions[1].status: Unsupported value: "Maybe": supported values: "True", "False", "Unknown"',
  )
})

test('APS-4: the port is 443 unless told', () => {
  const service: JsonObject = { spec: { service: { name: 'a' } } }
  defaultServicePort(service)
  expect(service).toEqual({ spec: { service: { name: 'a', port: 443 } } })
  const withoutService: JsonObject = { spec: {} }
  defaultServicePort(withoutService)
  expect(withoutService).toEqual({ spec: {} })
})
