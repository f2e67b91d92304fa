import type { JsonObject } from '@fairlead/apimachinery'
import { test } from 'vitest'
import { expectRead } from './testing/read.ts'

test.each<[string, JsonObject, JsonObject]>([
  ['core.v1.EndpointPort', { port: 1 }, { port: 1, protocol: 'TCP' }],
  ['core.v1.EndpointPort', { port: 1, protocol: 'UDP' }, { port: 1, protocol: 'UDP' }],
  ['discovery.v1.EndpointPort', {}, { name: '', protocol: 'TCP' }],
  ['discovery.v1.EndpointPort', { name: 'a', protocol: 'SCTP', port: 1 }, { name: 'a', protocol: 'SCTP', port: 1 }],
  ['networking.v1.IngressClassSpec', {}, {}],
  [
    'networking.v1.IngressClassSpec',
    { parameters: { kind: 'k', name: 'n' } },
    { parameters: { kind: 'k', name: 'n', scope: 'Cluster' } },
  ],
  [
    'networking.v1.IngressClassSpec',
    { parameters: { kind: 'k', name: 'n', scope: 'Namespace', namespace: 'x' } },
    { parameters: { kind: 'k', name: 'n', scope: 'Namespace', namespace: 'x' } },
  ],
  ['networking.v1.NetworkPolicySpec', {}, { podSelector: {}, policyTypes: ['Ingress'] }],
  [
    'networking.v1.NetworkPolicySpec',
    { policyTypes: [], egress: [{ ports: [{ port: 1 }] }] },
    { podSelector: {}, egress: [{ ports: [{ protocol: 'TCP', port: 1 }] }], policyTypes: ['Ingress', 'Egress'] },
  ],
  [
    'networking.v1.NetworkPolicySpec',
    { policyTypes: ['Egress'], ingress: [{ ports: [{ protocol: 'UDP' }] }] },
    { podSelector: {}, ingress: [{ ports: [{ protocol: 'UDP' }] }], policyTypes: ['Egress'] },
  ],
])('%s %j', expectRead)
