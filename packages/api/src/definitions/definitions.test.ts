import { describe, expect, it } from 'vitest'
import { definition, definitionNames, definitionTexts } from './definitions.ts'

const core = 'io.k8s.api.core.v1.'
const field = (name: string, fieldName: string) => definition(name).fields.find((entry) => entry.name === fieldName)

describe('generated definitions', () => {
  it('has the 771 published definitions and 3137 modelled properties', () => {
    const names = definitionNames()
    expect(names).toHaveLength(771)
    expect(new Set(names).size).toBe(771)
    const properties = names.reduce((sum, name) => sum + definition(name).fields.length, 0)
    expect(properties).toBe(3137)
    expect(names.filter((name) => definition(name).kinds.length > 0)).toHaveLength(193)
  })

  it('resolves every reference', () => {
    for (const name of definitionNames()) {
      for (const { type } of definition(name).fields) {
        let inner = type
        while (inner.kind === 'list' || inner.kind === 'map') inner = inner.of
        if (inner.kind === 'ref') expect(definition(inner.name).name).toBe(inner.name)
      }
      for (const { name: embedded } of definition(name).embeds) expect(definition(embedded).name).toBe(embedded)
    }
  })

  it('keeps the published counts of markers and defaults', () => {
    const fields = definitionNames().flatMap((name) => [...definition(name).fields])
    const count = (predicate: (entry: (typeof fields)[number]) => boolean) => fields.filter(predicate).length
    expect(count((entry) => entry.listType !== undefined)).toBe(407)
    expect(count((entry) => entry.listMapKeys !== undefined)).toBe(80)
    expect(count((entry) => entry.patchMergeKey !== undefined)).toBe(68)
    expect(count((entry) => entry.patchStrategy !== undefined)).toBe(72)
    expect(count((entry) => entry.zeroDefault !== undefined || entry.default !== undefined)).toBe(876)
    expect(count((entry) => entry.enum !== undefined)).toBe(118)
  })

  it('describes fields', () => {
    expect(field('io.k8s.api.apps.v1.DeploymentSpec', 'replicas')).toEqual({
      name: 'replicas',
      type: { kind: 'int32' },
      required: false,
      pointer: true,
      omitZero: false,
      goType: 'int32',
      number: 1,
    })
    expect(field(`${core}Container`, 'ports')).toMatchObject({
      type: { kind: 'list', of: { kind: 'ref', name: `${core}ContainerPort` } },
      listType: 'map',
      listMapKeys: ['containerPort', 'protocol'],
      patchMergeKey: 'containerPort',
      patchStrategy: 'merge',
    })
    expect(field(`${core}ContainerPort`, 'protocol')).toMatchObject({ default: 'TCP', goType: 'v1.Protocol' })
    expect(field(`${core}Secret`, 'data')).toMatchObject({ type: { kind: 'map', of: { kind: 'byte' } } })
    expect(definition(`${core}Volume`).embeds).toEqual([{ number: 2, name: `${core}VolumeSource` }])
    expect(definition(`${core}SecretKeySelector`).atomic).toBe(true)
  })

  it('refuses an unknown name', () => {
    expect(() => definition('io.k8s.api.core.v1.Nothing')).toThrow(RangeError)
  })

  it('has texts for nearly every definition', async () => {
    const texts = await definitionTexts()
    expect(texts.size).toBe(771)
    expect([...texts.values()].filter(({ text }) => text !== '').length).toBeGreaterThan(740)
    expect(texts.get(`${core}ContainerPort`)?.fields['containerPort']).toMatch(/^Number of port/)
  })
})
