import type { GroupVersionKind, JsonValue } from '@fairlead/apimachinery'
import type { FieldType, OpenApiDefinition, OpenApiField, ScalarDefinition } from '@fairlead/openapi'

/** The parsed form of the generated structure; the generator's `encode.mjs` says what stands where. */
export interface PackedDefinitions {
  readonly names: readonly string[]
  /** How many of `names` are published; the rest are structs that only protobuf knows. */
  readonly published: number
  readonly enums: readonly (readonly string[])[]
  readonly definitions: readonly PackedDefinition[]
}

type PackedDefinition = readonly [fields: readonly PackedField[], extra?: PackedDefinitionExtra]

interface PackedDefinitionExtra {
  readonly s?: ScalarDefinition
  readonly g?: readonly (readonly [group: string, version: string, kind: string])[]
  readonly a?: 1
  readonly u?: JsonValue
  readonly e?: readonly (readonly [number: number, definition: number])[]
}

type PackedField = readonly [name: string, type: string, flags: number, number: number, extra?: PackedFieldExtra]

interface PackedFieldExtra {
  readonly g?: string
  readonly p?: JsonValue
  readonly d?: JsonValue
  readonly z?: JsonValue
  readonly l?: 'atomic' | 'map' | 'set'
  readonly k?: readonly string[]
  readonly m?: 'atomic' | 'granular'
  readonly s?: string
  readonly j?: string
  readonly e?: number
}

/** Unpacks the definition at `index`. */
export function unpackDefinition(packed: PackedDefinitions, index: number): OpenApiDefinition {
  const [fields, extra = {}] = packed.definitions[index] as PackedDefinition
  return {
    name: nameAt(packed, index),
    fields: fields.map((field) => unpackField(packed, field)),
    kinds: (extra.g ?? []).map(([group, version, kind]): GroupVersionKind => ({ group, version, kind })),
    atomic: extra.a === 1,
    embeds: (extra.e ?? []).map(([number, definition]) => ({ number, name: nameAt(packed, definition) })),
    ...(extra.s === undefined ? undefined : { scalar: extra.s }),
    ...(extra.u === undefined ? undefined : { unions: extra.u }),
  }
}

/** Every published kind with the name of its definition, without unpacking anything. */
export function* packedKinds(packed: PackedDefinitions): Iterable<readonly [kind: GroupVersionKind, name: string]> {
  for (const [index, [, extra]] of packed.definitions.entries()) {
    for (const [group, version, kind] of extra?.g ?? []) yield [{ group, version, kind }, nameAt(packed, index)]
  }
}

function nameAt(packed: PackedDefinitions, index: number): string {
  return packed.names[index] as string
}

function unpackField(packed: PackedDefinitions, [name, typeText, flags, number, extra]: PackedField): OpenApiField {
  const type = unpackType(packed, typeText)
  const enumValues = extra?.e === undefined ? undefined : packed.enums[extra.e]
  return {
    name,
    type,
    required: (flags & 1) !== 0,
    pointer: (flags & 2) !== 0,
    omitZero: (flags & 4) !== 0,
    goType: extra?.g ?? goTypeOf(type),
    ...(number === 0 ? undefined : { number }),
    ...(extra?.p === undefined ? undefined : { presence: extra.p }),
    ...(extra?.d === undefined ? undefined : { default: extra.d }),
    ...(extra?.z === undefined ? undefined : { zeroDefault: extra.z }),
    ...(extra?.l === undefined ? undefined : { listType: extra.l }),
    ...(extra?.k === undefined ? undefined : { listMapKeys: extra.k }),
    ...(extra?.m === undefined ? undefined : { mapType: extra.m }),
    ...(extra?.s === undefined ? undefined : { patchStrategy: extra.s }),
    ...(extra?.j === undefined ? undefined : { patchMergeKey: extra.j }),
    ...(enumValues === undefined ? undefined : { enum: enumValues }),
  }
}

const scalarTypes: ReadonlyMap<string, FieldType> = new Map([
  ['s', { kind: 'string' }],
  ['b', { kind: 'boolean' }],
  ['i', { kind: 'int32' }],
  ['l', { kind: 'int64' }],
  ['d', { kind: 'double' }],
  ['y', { kind: 'byte' }],
])

function unpackType(packed: PackedDefinitions, text: string): FieldType {
  if (text.startsWith('[')) return { kind: 'list', of: unpackType(packed, text.slice(1)) }
  if (text.startsWith('{')) return { kind: 'map', of: unpackType(packed, text.slice(1)) }
  return scalarTypes.get(text) ?? { kind: 'ref', name: nameAt(packed, Number(text)) }
}

const scalarGoTypes: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  byte: '[]uint8',
}

/** The Go type that follows from the schema type alone. */
function goTypeOf(type: FieldType): string {
  if (type.kind === 'list') return `[]${goTypeOf(type.of)}`
  if (type.kind === 'map') return `map[string]${goTypeOf(type.of)}`
  if (type.kind === 'ref') return type.name.split('.').slice(-2).join('.')
  return scalarGoTypes[type.kind] as string
}
