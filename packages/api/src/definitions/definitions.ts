import type { GroupVersionKind } from '@fairlead/apimachinery'
import type { OpenApiDefinition } from '@fairlead/openapi'
import { definitionsJson } from '../gen/definitions.ts'
import { once } from '../values/once.ts'
import { type PackedDefinitions, packedKinds, unpackDefinition } from './parse.ts'

interface Loaded {
  readonly packed: PackedDefinitions
  readonly index: ReadonlyMap<string, number>
  readonly unpacked: Map<string, OpenApiDefinition>
}

/** The structure is parsed at first use, a definition is unpacked when it is asked for. */
const load: () => Loaded = once(() => {
  const packed = JSON.parse(definitionsJson) as PackedDefinitions
  return { packed, index: new Map(packed.names.map((name, position) => [name, position])), unpacked: new Map() }
})

/**
 * The definition of that name. Besides the published ones there are a few structs that only protobuf knows
 * (`OpenApiDefinition.embeds`). Throws a `RangeError` for any other name.
 */
export function definition(name: string): OpenApiDefinition {
  const { packed, index, unpacked } = load()
  const known = unpacked.get(name)
  if (known !== undefined) return known
  const position = index.get(name)
  if (position === undefined) throw new RangeError(`no definition ${name}`)
  const result = unpackDefinition(packed, position)
  unpacked.set(name, result)
  return result
}

/** The names of all published definitions, sorted. */
export function definitionNames(): readonly string[] {
  const { packed } = load()
  return packed.names.slice(0, packed.published)
}

/** Every published kind (`x-kubernetes-group-version-kind`) with the name of its definition. */
export function publishedKinds(): Iterable<readonly [kind: GroupVersionKind, name: string]> {
  return packedKinds(load().packed)
}

/** The descriptions of a definition and of its fields; '' and absent where there is none. */
export interface DefinitionTexts {
  readonly text: string
  readonly fields: Readonly<Record<string, string>>
}

/** All descriptions by definition. Loaded from a module of its own, because only OpenAPI documents need them. */
export async function definitionTexts(): Promise<ReadonlyMap<string, DefinitionTexts>> {
  const { textsJson } = await import('../gen/texts.ts')
  const packed = JSON.parse(textsJson) as Record<string, readonly [string, Record<string, string>]>
  return new Map(Object.entries(packed).map(([name, [text, fields]]) => [name, { text, fields }]))
}
