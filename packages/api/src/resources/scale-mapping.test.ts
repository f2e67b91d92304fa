import { describe, expect, it } from 'vitest'
import { decoded, resource } from '../strategies/testing/built-in.ts'

describe('scale', () => {
  const scale = (group: string, name: string) => {
    const type = resource(group, name).subresources.find((entry) => entry.name === 'scale')?.type
    if (type?.of !== 'scale') throw new Error('no scale')
    return type.scale
  }

  it('reads and writes workloads', () => {
    const selector = { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'In', values: ['d', 'e'] }] }
    const object = decoded(resource('apps', 'deployments'), {
      spec: { replicas: 3, selector },
      status: { replicas: 2 },
    })
    const mapping = scale('apps', 'deployments')
    expect([mapping.replicas(object), mapping.statusReplicas(object)]).toEqual([3, 2])
    expect(mapping.selector(object)).toBe('a=b,c in (d,e)')
    mapping.setReplicas(object, 0)
    expect(mapping.replicas(object)).toBe(0)
  })

  it('reads replication controllers', () => {
    const object = decoded(resource('', 'replicationcontrollers'), { spec: { selector: { b: '2', a: '1' } } })
    const mapping = scale('', 'replicationcontrollers')
    expect(mapping.selector(object)).toBe('a=1,b=2')
    expect([mapping.replicas(object), mapping.statusReplicas(object)]).toEqual([1, 0])
  })
})
