import { encodeJson, type JsonObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { listAt, objectAt } from '../values/read.ts'
import { expectRead, read } from './testing/read.ts'

const always = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
}

describe('every pod spec', () => {
  test.each<[JsonObject, JsonObject]>([
    [{}, { containers: null, ...always }],
    [
      { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, dnsPolicy: 'None', schedulerName: 's' },
      {
        containers: null,
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 0,
        dnsPolicy: 'None',
        securityContext: {},
        schedulerName: 's',
      },
    ],
    [
      { securityContext: { runAsUser: 1 }, overhead: { cpu: '1u' } },
      { containers: null, ...always, securityContext: { runAsUser: 1 }, overhead: { cpu: '1m' } },
    ],
  ])('%j', (body, expected) => {
    expectRead('core.v1.PodSpec', body, expected)
  })

  test('of a template knows nothing of service links, requests or ports of the host', () => {
    const container = { ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } } }
    const { spec } = read('core.v1.PodTemplateSpec', { spec: { hostNetwork: true, containers: [container] } })
    expect(spec).not.toHaveProperty('enableServiceLinks')
    expect(listAt(spec, 'containers')[0]).toMatchObject({ resources: { limits: { cpu: '1' } } })
    expect(encodeJson(spec)).not.toMatch(/requests|hostPort/)
  })
})

describe('a pod by itself', () => {
  const spec = (body: JsonObject) => objectAt(read('core.v1.Pod', { spec: body }), 'spec')
  const resources = (body: JsonObject, list = 'containers') =>
    objectAt(listAt(spec({ [list]: [{ name: 'a', resources: body }] }), list)[0], 'resources')

  test('has links to services unless it says no', () => {
    expectRead(
      'core.v1.Pod',
      {},
      { metadata: {}, spec: { containers: null, ...always, enableServiceLinks: true }, status: {} },
    )
    expect(spec({ enableServiceLinks: false })).toMatchObject({ enableServiceLinks: false })
  })

  test.each<[JsonObject, JsonObject]>([
    [{}, {}],
    [{ requests: { cpu: '1' } }, { requests: { cpu: '1' } }],
    [{ limits: { cpu: '1' } }, { limits: { cpu: '1' }, requests: { cpu: '1' } }],
    [
      { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '1', 'a.b/c': '1' }, claims: [{ name: 'x' }] },
      {
        limits: { cpu: '2', memory: '1Gi' },
        requests: { 'a.b/c': '1', cpu: '1', memory: '1Gi' },
        claims: [{ name: 'x' }],
      },
    ],
  ])('asks for its limits: %j', (body, expected) => {
    for (const list of ['containers', 'initContainers']) {
      expect(encodeJson(resources(body, list))).toBe(encodeJson(expected))
    }
  })

  test('has the ports of its containers on the network of the host', () => {
    const ports = [{ containerPort: 80, name: 'a' }, { containerPort: 81, hostPort: 8081 }, { protocol: 'UDP' }]
    const shown = spec({ hostNetwork: true, containers: [{ ports }], initContainers: [{ ports }, {}] })
    const expected = [
      { name: 'a', hostPort: 80, containerPort: 80, protocol: 'TCP' },
      { hostPort: 8081, containerPort: 81, protocol: 'TCP' },
      { containerPort: 0, protocol: 'UDP' },
    ]
    expect(encodeJson(objectAt(listAt(shown, 'containers')[0])['ports'])).toBe(encodeJson(expected))
    expect(listAt(shown, 'initContainers')[0]).toMatchObject({ ports: expected })
    expect(listAt(spec({ containers: [{ ports }] }), 'containers')[0]).toMatchObject({
      ports: [{ containerPort: 80 }, {}, {}],
    })
    expect(encodeJson(spec({ containers: [{ ports: [{ containerPort: 80 }] }] }))).not.toContain('hostPort')
  })

  test('keeps its own status apart from its spec', () => {
    expect(read('core.v1.Pod', { status: { allocatedResources: { cpu: '1n' } } })['status']).toEqual({
      allocatedResources: { cpu: '1m' },
    })
  })
})
