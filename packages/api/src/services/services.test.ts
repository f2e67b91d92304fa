import { fieldErrorMessage, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { decoded, resource } from '../strategies/testing/built-in.ts'
import { alignClusterIps, carryOverGiven, dropUnneeded } from './carry-over.ts'
import { endpointIpProblems } from './endpoint-ip.ts'
import { chooseIpFamilies } from './ip-families.ts'
import { heldAddresses, heldNodePorts, type IpFamily, type ServiceSpec, specOf } from './service.ts'
import { validateService } from './validate-service.ts'

const services = resource('', 'services')
const service = (spec: JsonObject, rest: JsonObject = {}): KubeObject => decoded(services, { spec, ...rest })
const ports = [{ port: 80 }]

describe('defaults', () => {
  test.each<[JsonObject, JsonObject]>([
    [
      { ports },
      {
        type: 'ClusterIP',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      },
    ],
    [
      { ports: [{ port: 53, protocol: 'UDP', targetPort: 'dns' }] },
      { ports: [{ port: 53, protocol: 'UDP', targetPort: 'dns' }] },
    ],
    [{ sessionAffinity: 'ClientIP' }, { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } }],
    [{ type: 'NodePort' }, { externalTrafficPolicy: 'Cluster' }],
    [{ externalIPs: ['1.2.3.4'] }, { externalTrafficPolicy: 'Cluster' }],
    [{ type: 'LoadBalancer' }, { externalTrafficPolicy: 'Cluster', allocateLoadBalancerNodePorts: true }],
    [{ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }, { allocateLoadBalancerNodePorts: false }],
  ])('%j', (spec, expected) => {
    expect(service(spec)['spec']).toMatchObject(expected)
  })

  test('what a type has no use for stays away', () => {
    const { spec } = service({ type: 'ExternalName', externalName: 'a.b' }) as { spec?: JsonObject }
    expect(spec).toEqual({ type: 'ExternalName', externalName: 'a.b', sessionAffinity: 'None' })
    expect(service({ sessionAffinity: 'None', sessionAffinityConfig: { clientIP: {} } })['spec']).not.toHaveProperty(
      'sessionAffinityConfig',
    )
    const status = { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'a.b' }] } }
    expect(service({}, { status })['status']).toEqual(status)
    expect(service({ type: 'LoadBalancer' }, { status })['status']).toEqual({
      loadBalancer: { ingress: [{ ip: '1.2.3.4', ipMode: 'VIP' }, { hostname: 'a.b' }] },
    })
  })
})

describe('families', () => {
  const both: IpFamily[] = ['IPv4', 'IPv6']
  test.each<[string, ServiceSpec, readonly IpFamily[], Partial<ServiceSpec> | string]>([
    ['one by default', {}, both, { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] }],
    ['the first of the cluster', {}, ['IPv6'], { ipFamilies: ['IPv6'] }],
    ['the one of the address', { clusterIP: '::1', clusterIPs: ['::1'] }, both, { ipFamilies: ['IPv6'] }],
    ['two if possible', { ipFamilyPolicy: 'PreferDualStack' }, both, { ipFamilies: ['IPv4', 'IPv6'] }],
    ['two if possible, but it is not', { ipFamilyPolicy: 'PreferDualStack' }, ['IPv4'], { ipFamilies: ['IPv4'] }],
    [
      'in the order asked for',
      { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6'] },
      both,
      { ipFamilies: ['IPv6', 'IPv4'] },
    ],
    [
      'headless',
      { clusterIP: 'None', clusterIPs: ['None'], selector: { a: 'b' } },
      ['IPv4'],
      { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] },
    ],
    [
      'headless without selector: any',
      { clusterIP: 'None', clusterIPs: ['None'] },
      ['IPv4'],
      { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] },
    ],
    [
      '',
      { ipFamilyPolicy: 'RequireDualStack' },
      ['IPv4'],
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    ],
    [
      '',
      { ipFamilies: ['IPv6'] },
      ['IPv4'],
      'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
    ],
    [
      '',
      { clusterIP: '::1', clusterIPs: ['::1'] },
      ['IPv4'],
      'spec.clusterIPs[0]: Invalid value: ["::1"]: IPv6 is not configured on this cluster',
    ],
    [
      '',
      { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', '::1'] },
      both,
      "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
    ],
    [
      '',
      { ipFamilies: ['IPv4', 'IPv6'] },
      both,
      "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
    ],
  ])('%s %j of %j', (_what, spec, cluster, expected) => {
    const problems = chooseIpFamilies({ type: 'ClusterIP', ...spec }, undefined, cluster).map(fieldErrorMessage)
    if (typeof expected === 'string') {
      expect(problems).toEqual([expected])
      return
    }
    const chosen: ServiceSpec = { type: 'ClusterIP', ...spec }
    expect(chooseIpFamilies(chosen, undefined, cluster)).toEqual([])
    expect(chosen).toMatchObject(expected)
  })

  test('the second goes with the policy, and only then', () => {
    const dual: ServiceSpec = {
      type: 'ClusterIP',
      ipFamilyPolicy: 'RequireDualStack',
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1', 'fd00::1'],
      ipFamilies: ['IPv4', 'IPv6'],
    }
    const single: ServiceSpec = { ...dual, ipFamilyPolicy: 'SingleStack' }
    expect(chooseIpFamilies(single, dual, both)).toEqual([])
    expect(single).toMatchObject({ clusterIPs: ['10.0.0.1'], ipFamilies: ['IPv4'] })
    const shorter: ServiceSpec = { ...dual, clusterIPs: ['10.0.0.1'], ipFamilies: ['IPv4'] }
    expect(chooseIpFamilies(shorter, dual, both).map(fieldErrorMessage)).toEqual([
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be \'SingleStack\' to release the secondary cluster IP',
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be \'SingleStack\' to release the secondary IP family',
    ])
  })
})

describe('updates', () => {
  test('keep what they leave out', () => {
    const previous: ServiceSpec = {
      type: 'NodePort',
      clusterIP: '10.0.0.9',
      clusterIPs: ['10.0.0.9'],
      ports: [
        { name: 'a', port: 1, nodePort: 30001 },
        { name: 'b', port: 2, nodePort: 30002 },
      ],
    }
    const next: ServiceSpec = {
      type: 'NodePort',
      ports: [
        { name: 'b', port: 3 },
        { name: 'c', port: 4, nodePort: 30001 },
        { name: 'a', port: 1 },
      ],
    }
    carryOverGiven(next, previous)
    expect(next).toEqual({
      type: 'NodePort',
      clusterIP: '10.0.0.9',
      clusterIPs: ['10.0.0.9'],
      ports: [
        { name: 'b', port: 3, nodePort: 30002 },
        { name: 'c', port: 4, nodePort: 30001 },
        { name: 'a', port: 1 },
      ],
    })
  })

  test.each<[ServiceSpec, ServiceSpec | undefined, string[] | undefined]>([
    [{ clusterIP: '10.0.0.1' }, undefined, ['10.0.0.1']],
    [{}, undefined, undefined],
    [{ clusterIP: 'None', clusterIPs: ['10.0.0.1'] }, { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] }, ['None']],
    [{ clusterIPs: ['10.0.0.1'] }, { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] }, undefined],
    [
      { clusterIP: '10.0.0.2', clusterIPs: ['10.0.0.3'] },
      { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] },
      ['10.0.0.3'],
    ],
  ])('%j after %j has the addresses %j', (next, previous, expected) => {
    alignClusterIps(next, previous)
    expect(next.clusterIPs).toEqual(expected)
  })

  test('drop what a new type has no use for', () => {
    const previous = service({
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 30009,
      loadBalancerClass: 'a/b',
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1'],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ port: 80, nodePort: 30001 }],
    })
    expect(heldNodePorts(previous)).toEqual([30001, 30009])
    expect(heldAddresses(previous)).toEqual(['10.0.0.1'])
    const next = service({ ...(previous['spec'] as JsonObject), type: 'ExternalName', externalName: 'a.b' })
    next['status'] = { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] }, conditions: [] }
    dropUnneeded(next, previous)
    expect(next['spec']).toEqual({
      type: 'ExternalName',
      externalName: 'a.b',
      internalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    })
    expect(next['status']).toEqual({ loadBalancer: {}, conditions: [] })
    expect(heldNodePorts(next)).toEqual([])
    const same = service(previous['spec'] as JsonObject)
    dropUnneeded(same, previous)
    expect(same['spec']).toEqual(previous['spec'])
  })
})

describe('validation', () => {
  test('takes a time in proportion to the ports', () => {
    const many = Array.from({ length: 200_000 }, (_, index) => ({ name: `p${index}`, port: (index % 65_535) + 1 }))
    const details = validateService(service({ ...good, type: 'NodePort', ports: many })).map(({ type }) => type)
    expect(details).toHaveLength(200_000 - 65_535)
    expect(new Set(details)).toEqual(new Set(['FieldValueDuplicate']))
  })

  const good: JsonObject = {
    ports,
    clusterIP: '10.0.0.1',
    clusterIPs: ['10.0.0.1'],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
  }
  const headless: JsonObject = { ...good, clusterIP: 'None', clusterIPs: ['None'] }
  const external: JsonObject = { type: 'ExternalName', externalName: 'example.com.' }
  const balancer: JsonObject = { ...good, type: 'LoadBalancer' }

  test.each([
    good,
    { ...headless, ports: [] },
    external,
    balancer,
    { ...balancer, loadBalancerSourceRanges: [' 10.0.0.0/8 '] },
  ])('good %j', (spec) => {
    expect(validateService(service(spec))).toEqual([])
  })

  test.each<[JsonObject, string[]]>([
    [{ ...good, ports: [] }, ['spec.ports: Required value']],
    [
      { ...good, ports: [{ port: 0 }] },
      [
        'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive',
      ],
    ],
    [
      { ...good, ports: [{ port: 1, protocol: 'ICMP' }] },
      ['spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
    ],
    [
      { ...good, ports: [{ port: 80 }, { port: 80, name: 'a' }] },
      [
        'spec.ports[0].name: Required value',
        'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
      ],
    ],
    [
      {
        ...good,
        ports: [
          { port: 1, name: 'a' },
          { port: 2, name: 'a' },
        ],
      },
      ['spec.ports[1].name: Duplicate value: "a"'],
    ],
    [
      { ...good, ports: [{ port: 1, nodePort: 30000 }] },
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    [
      { ...good, type: 'Other' },
      [
        'spec.type: Unsupported value: "Other": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    [
      { ...good, sessionAffinity: 'Other' },
      ['spec.sessionAffinity: Unsupported value: "Other": supported values: "ClientIP", "None"'],
    ],
    [
      { ...good, sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } },
      [
        'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
      ],
    ],
    [
      { ...headless, type: 'NodePort' },
      ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services'],
    ],
    [
      { ...external, externalName: '', clusterIPs: ['10.0.0.1'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
      [
        'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
        'spec.ipFamilies: Forbidden: may not be set for ExternalName services',
        'spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services',
        'spec.externalName: Required value',
      ],
    ],
    [
      { ...good, clusterIPs: ['10.0.0.2'] },
      ['spec.clusterIPs: Invalid value: ["10.0.0.2"]: first value must match `clusterIP`'],
    ],
    [
      { ...good, clusterIP: '' },
      ['spec.clusterIPs: Invalid value: ["10.0.0.1"]: must be empty when `clusterIP` is not specified'],
    ],
    [
      { ...good, ipFamilies: ['IPv6'] },
      ['spec.clusterIPs[0]: Invalid value: "10.0.0.1": expected an IPv6 value as indicated by `ipFamilies[0]`'],
    ],
    [
      { ...good, clusterIPs: ['10.0.0.1', '10.0.0.2'] },
      ['spec.clusterIPs: Invalid value: ["10.0.0.1","10.0.0.2"]: may specify no more than one IP for each IP family'],
    ],
    [
      { ...good, externalIPs: ['127.0.0.1'] },
      ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    ],
    [
      { ...good, loadBalancerClass: 'a/b' },
      ["spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"],
    ],
    [
      { ...good, loadBalancerSourceRanges: ['10.0.0.0/8'] },
      ["spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'"],
    ],
    [
      { ...good, allocateLoadBalancerNodePorts: true },
      ["spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'"],
    ],
    [
      { ...good, externalTrafficPolicy: 'Local' },
      ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
    ],
    [
      { ...good, healthCheckNodePort: 1 },
      [
        "spec.healthCheckNodePort: Invalid value: 1: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ],
    ],
    [{ ...balancer, externalTrafficPolicy: 'Local' }, ['spec.healthCheckNodePort: Required value']],
    [
      { ...good, trafficDistribution: 'Far' },
      [
        'spec.trafficDistribution: Unsupported value: "Far": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"',
      ],
    ],
  ])('bad %j', (spec, expected) => {
    expect(validateService(service(spec)).map(fieldErrorMessage)).toEqual(expected)
  })

  test.each<[JsonObject, JsonObject, string[]]>([
    [good, good, []],
    [good, external, []],
    [
      { ...good, clusterIP: '10.0.0.2', clusterIPs: ['10.0.0.2'] },
      good,
      ['spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set'],
    ],
    [headless, good, ['spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set']],
    [
      { ports, ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
      good,
      ['spec.clusterIPs[0]: Invalid value: []: primary clusterIP can not be unset'],
    ],
    [
      { ...balancer, loadBalancerClass: 'a/b' },
      balancer,
      ['spec.loadBalancerClass: Invalid value: "a/b": may not change once set'],
    ],
    [
      { ...balancer, externalTrafficPolicy: 'Local', healthCheckNodePort: 30001 },
      { ...balancer, externalTrafficPolicy: 'Local', healthCheckNodePort: 30002 },
      ['spec.healthCheckNodePort: Forbidden: field is immutable'],
    ],
  ])('%j after %j', (next, previous, expected) => {
    expect(validateService(service(next), service(previous)).map(fieldErrorMessage)).toEqual(expected)
  })

  test.each<[string, string[]]>([
    ['1.2.3.4', []],
    ['2001:db8::1', []],
    ['0.0.0.0', ['may not be unspecified (0.0.0.0)']],
    ['::1', ['may not be in the loopback range (127.0.0.0/8, ::1/128)']],
    ['169.254.1.1', ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']],
    ['fe80::1', ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']],
    ['224.0.0.1', ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)']],
    ['ff02::1', ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)']],
    ['x', ['must be a valid IP address']],
  ])('an endpoint at %s', (address, problems) => {
    expect(endpointIpProblems(address)).toEqual(problems)
  })

  test('a spec is there even when a body has none', () => {
    const empty = decoded(services, {})
    expect(specOf(empty)).toBeDefined()
  })
})
