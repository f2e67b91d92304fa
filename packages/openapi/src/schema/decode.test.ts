import type { JsonObject } from '@fairlead/apimachinery'
import { describe, expect, it } from 'vitest'
import { createSchemaSet } from './compile.ts'
import { decodeWithSchema } from './decode.ts'
import type { FieldType, OpenApiDefinition, OpenApiField } from './definition.ts'
import { patchSchemaOf } from './patch-schema.ts'

const string: FieldType = { kind: 'string' }

function field(name: string, type: FieldType, facts: Partial<OpenApiField> = {}): OpenApiField {
  return { name, type, required: false, pointer: false, omitZero: false, goType: goType(type), ...facts }
}

function goType(type: FieldType): string {
  if (type.kind === 'ref') return `v1.${type.name}`
  if (type.kind === 'list') return `[]${goType(type.of)}`
  if (type.kind === 'map') return `map[string]${goType(type.of)}`
  return type.kind === 'boolean' ? 'bool' : type.kind
}

function definition(name: string, fields: readonly OpenApiField[]): OpenApiDefinition {
  return { name, fields, kinds: [], atomic: false, embeds: [] }
}

const leaf: FieldType = { kind: 'ref', name: 'Leaf' }
const definitions: Readonly<Record<string, OpenApiDefinition>> = {
  Root: definition('Root', [
    field('name', string),
    field('count', { kind: 'int32' }, { pointer: true }),
    field('big', { kind: 'int64' }),
    field('ratio', { kind: 'double' }),
    field('flag', { kind: 'boolean' }),
    field('fallback', string, { default: 'TCP' }),
    field('pointed', { kind: 'boolean' }, { pointer: true, default: false }),
    field('text', string, { presence: '' }),
    field('list', { kind: 'list', of: string }, { presence: null }),
    field('leaf', leaf, { presence: {} }),
    field('pointer', leaf, { pointer: true }),
    field('leaves', { kind: 'list', of: leaf }, { patchStrategy: 'merge,retainKeys', patchMergeKey: 'id' }),
    field('named', { kind: 'map', of: leaf }),
    field('labels', { kind: 'map', of: string }),
    field('data', { kind: 'map', of: { kind: 'byte' } }),
    field('self', { kind: 'ref', name: 'Root' }, { pointer: true }),
  ]),
  Leaf: definition('Leaf', [field('id', string, { presence: '' }), field('when', { kind: 'ref', name: 'Time' })]),
  Time: { ...definition('Time', []), scalar: 'Time' },
}

const schema = createSchemaSet((name) => definitions[name] as OpenApiDefinition).struct('Root')
const absent = { fallback: 'TCP', pointed: false, text: '', list: null, leaf: { id: '' } }
const decode = (body: JsonObject) => decodeWithSchema(schema, body)

describe('decodeWithSchema', () => {
  it.each<[JsonObject, JsonObject]>([
    [{}, {}],
    [{ name: 'a' }, { name: 'a' }],
    [{ name: '' }, {}],
    [{ name: null, count: null, leaf: null, labels: null, self: null }, {}],
    [{ count: 0 }, { count: 0 }],
    [{ flag: false, ratio: 0, big: -0 }, {}],
    [
      { flag: true, ratio: -1.5, big: 9007199254740993n },
      { flag: true, ratio: -1.5, big: 9007199254740993n },
    ],
    [{ fallback: '' }, {}],
    [
      { fallback: 'UDP', pointed: true },
      { fallback: 'UDP', pointed: true },
    ],
    [{ list: [] }, { list: [] }],
    [{ list: ['a', null] }, { list: ['a', ''] }],
    [{ pointer: {} }, { pointer: { id: '' } }],
    [{ leaves: [null, { id: 'a' }] }, { leaves: [{ id: '' }, { id: 'a' }] }],
    [{ leaves: [], named: {}, labels: {} }, {}],
    [{ named: { b: null, a: { id: 'x' } } }, { named: { a: { id: 'x' }, b: { id: '' } } }],
    [{ labels: { b: '1', a: null } }, { labels: { a: '', b: '1' } }],
    [{ data: { a: null, b: 'AA\n==' } }, { data: { a: '', b: 'AA==' } }],
    [{ leaf: { when: '2026-01-02T03:04:05+01:00' } }, { leaf: { id: '', when: '2026-01-02T02:04:05Z' } }],
    [{ leaf: { when: '0001-01-01T00:00:00Z' } }, {}],
    [{ self: { self: {} } }, { self: { ...absent, self: absent } }],
  ])('reads %o', (body, expected) => {
    expect(decode(body)).toEqual({ object: { ...absent, ...expected }, unknownFields: [] })
  })

  it('writes fields in the order of the schema and map keys sorted', () => {
    const { object } = decode({ labels: { b: '', a: '' }, text: 'x', name: 'n' })
    expect(JSON.stringify(object)).toBe(
      '{"name":"n","fallback":"TCP","pointed":false,"text":"x","list":null,"leaf":{"id":""},"labels":{"a":"","b":""}}',
    )
  })

  it('reports unknown fields in document order and drops them', () => {
    const body = { z: 1, leaves: [{}, { x: 1, id: 'a' }], named: { 'a/b': { y: {} } }, a: null, self: { q: 1 } }
    const { object, unknownFields } = decode(body)
    expect(unknownFields).toEqual(['z', 'leaves[1].x', 'named.a/b.y', 'a', 'self.q'])
    expect(object['leaves']).toEqual([{ id: '' }, { id: 'a' }])
  })

  it('treats names of object members as any other name', () => {
    const body = JSON.parse('{"constructor":1,"__proto__":{"x":1},"labels":{"__proto__":"a","toString":"b"}}')
    const { object, unknownFields } = decode(body)
    expect(unknownFields).toEqual(['constructor', '__proto__'])
    expect(Object.entries(object['labels'] as JsonObject)).toEqual([
      ['__proto__', 'a'],
      ['toString', 'b'],
    ])
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
  })

  it('never keeps a reference into the body', () => {
    const body = { list: ['a'], labels: { a: 'b' }, leaves: [{ id: 'a' }] }
    const { object } = decode(body)
    body.list.push('b')
    body.labels.a = 'c'
    body.leaves.length = 0
    expect(object).toMatchObject({ list: ['a'], labels: { a: 'b' }, leaves: [{ id: 'a' }] })
  })

  it.each<[JsonObject, string]>([
    [{ name: 1 }, 'number into Go struct field Root.name of type string'],
    [{ name: {} }, 'object into Go struct field Root.name of type string'],
    [{ count: true }, 'bool into Go struct field Root.count of type int32'],
    [{ count: -2147483649 }, 'number -2147483649 into Go struct field Root.count of type int32'],
    [{ big: 2n ** 63n }, 'number 9223372036854775808 into Go struct field Root.big of type int64'],
    [{ flag: 'true' }, 'string into Go struct field Root.flag of type bool'],
    [{ list: 'a' }, 'string into Go struct field Root.list of type []string'],
    [{ list: [1] }, 'number into Go struct field Root.list of type string'],
    [{ leaf: [] }, 'array into Go struct field Root.leaf of type v1.Leaf'],
    [{ leaves: [{}, 'x'] }, 'string into Go struct field Root.leaves of type v1.Leaf'],
    [{ leaves: [{ id: 1 }] }, 'number into Go struct field Leaf.leaves.id of type string'],
    [{ named: { a: { id: 1 } } }, 'number into Go struct field Leaf.named.id of type string'],
    [{ self: { self: { labels: 1 } } }, 'number into Go struct field Root.self.self.labels of type map[string]string'],
  ])('refuses %o', (body, message) => {
    expect(() => decode(body)).toThrow(`json: cannot unmarshal ${message}`)
  })

  it('bounds how deep structs nest', () => {
    let body: JsonObject = {}
    for (let depth = 0; depth < 400; depth += 1) body = { self: body }
    expect(() => decode(body)).toThrow('exceeded max depth')
  })

  it('knows definitions without fields for what they are', () => {
    expect(() => createSchemaSet((name) => definitions[name] as OpenApiDefinition).struct('Time')).toThrow(RangeError)
  })
})

describe('patchSchemaOf', () => {
  const patch = patchSchemaOf(schema)

  it('names strategies, merge keys and what is inside', () => {
    expect(patch.field('leaves')).toMatchObject({ strategies: ['merge', 'retainKeys'], mergeKey: 'id' })
    expect(patch.field('leaves')?.schema?.field('id')).toEqual({ strategies: [] })
    expect(patch.field('named')).toMatchObject({ map: true })
    expect(patch.field('labels')).toEqual({ strategies: [] })
    expect(patch.field('self')?.schema?.field('self')?.schema?.field('leaves')?.mergeKey).toBe('id')
    expect(patch.field('nothing')).toBeUndefined()
  })
})

describe('computed defaults', () => {
  const withDefaults = createSchemaSet(
    (name) => definitions[name] as OpenApiDefinition,
    (name) => {
      if (name === 'Leaf') return ({ id = null, when }) => (when === undefined ? { when: id } : undefined)
      return ({ name: title }) => (title === undefined ? { leaf: { id: 'b' }, list: ['c'], name: 'a' } : undefined)
    },
  ).struct('Root')
  const read = (body: JsonObject) => JSON.stringify(decodeWithSchema(withDefaults, body).object)

  it.each<[JsonObject, string]>([
    [{}, '{"name":"a","fallback":"TCP","pointed":false,"text":"","list":["c"],"leaf":{"id":"b","when":""}}'],
    [
      { name: 'x', list: ['y'], leaves: [{ id: 'z' }], leaf: { id: 'w', when: '2026-01-02T03:04:05Z' } },
      '{"name":"x","fallback":"TCP","pointed":false,"text":"","list":["y"],' +
        '"leaf":{"id":"w","when":"2026-01-02T03:04:05Z"},"leaves":[{"id":"z","when":"z"}]}',
    ],
    [
      { count: 1, pointer: {}, named: { k: {} } },
      '{"name":"a","count":1,"fallback":"TCP","pointed":false,"text":"","list":["c"],"leaf":{"id":"b","when":""},' +
        '"pointer":{"id":"","when":""},"named":{"k":{"id":"","when":""}}}',
    ],
  ])('%j: inner structs first, in the order of the schema', (body, expected) => {
    expect(read(body)).toBe(expected)
  })
})
