import type { JsonObject } from '@fairlead/apimachinery'
import { describe, expect, it } from 'vitest'
import { context, decoded, resource } from './testing/built-in.ts'

describe('names', () => {
  const problems = (group: string, name: string, text: string) =>
    resource(group, name).strategy.validateName(text, { prefix: false })

  it.each([
    ['', 'configmaps', 'a.b'],
    ['', 'namespaces', 'a-b'],
    ['', 'services', '1a'],
    ['rbac.authorization.k8s.io', 'clusterroles', 'system:Node:x'],
    ['coordination.k8s.io', 'leasecandidates', 'A_b.c'],
    ['networking.k8s.io', 'ipaddresses', '10.0.0.1'],
    ['networking.k8s.io', 'ipaddresses', '2001:db8::1'],
    ['networking.k8s.io', 'ipaddresses', '::'],
    ['internal.apiserver.k8s.io', 'storageversions', 'apps.deployments'],
    ['certificates.k8s.io', 'certificatesigningrequests', 'Any_thing'],
    ['', 'events', 'system:Node.17a'],
  ])('%s/%s may be called %s', (group, name, text) => {
    expect(problems(group, name, text)).toEqual([])
  })

  it.each([
    ['', 'configmaps', 'A', /^a lowercase RFC 1123 subdomain/],
    ['', 'namespaces', 'a.b', /^must not contain dots$/],
    ['', 'services', 'a.b', /^must not contain dots$/],
    ['apps', 'statefulsets', 'a.b', /^must not contain dots$/],
    ['events.k8s.io', 'events', 'system:Node.17a', /^a lowercase RFC 1123 subdomain/],
    ['rbac.authorization.k8s.io', 'roles', 'a/b', /^may not contain '\/'$/],
    ['networking.k8s.io', 'ipaddresses', 'x', /^must be a valid IP address, \(e\.g\. 10\.9\.8\.7 or 2001:db8::ffff\)$/],
    ['networking.k8s.io', 'ipaddresses', '10.0.0.01', /^must not have leading 0s$/],
    ['networking.k8s.io', 'ipaddresses', '::ffff:1.2.3.4', /^must not be an IPv4-mapped IPv6 address$/],
    ['networking.k8s.io', 'ipaddresses', '2001:DB8:0:0::1', /^must be in canonical form \("2001:db8::1"\)$/],
    ['networking.k8s.io', 'ipaddresses', '1::2::3', /^must be a valid IP address/],
    ['internal.apiserver.k8s.io', 'storageversions', 'x', /^name must be in the form of <group>\.<resource>$/],
  ])('%s/%s may not be called %s', (group, name, text, message) => {
    expect(problems(group, name, text)).toEqual([expect.stringMatching(message)])
  })

  it.each<[string, string, JsonObject, string]>([
    [
      'apiextensions.k8s.io',
      'customresourcedefinitions',
      { spec: { group: 'a.io', names: { plural: 'bs' } } },
      'must be spec.names.plural+"."+spec.group',
    ],
    [
      'apiregistration.k8s.io',
      'apiservices',
      { spec: { group: 'a.io', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 } },
      'must be `spec.version+"."+spec.group`: "v1.a.io"',
    ],
    [
      'certificates.k8s.io',
      'clustertrustbundles',
      { spec: { signerName: 'a.io/b' } },
      'ClusterTrustBundle for signerName a.io/b must be named with prefix a.io:b:',
    ],
  ])('%s/%s is named after its content', (group, name, body, detail) => {
    const description = resource(group, name)
    const errors = description.strategy.validateCreate(decoded(description, body), context)
    expect(errors).toEqual([expect.objectContaining({ field: 'metadata.name', detail })])
  })

  it('asks for a domain in finalizers', () => {
    const metadata = { name: 'x', finalizers: ['a', 'b/c', 'orphan'] }
    const errors = (group: string, name: string) => {
      const description = resource(group, name)
      return description.strategy.validateCreate(decoded(description, { metadata }), context)
    }
    expect(errors('', 'configmaps')).toHaveLength(1)
    expect(errors('coordination.k8s.io', 'leases')).toEqual([])
  })
})
