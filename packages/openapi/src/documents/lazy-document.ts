import { encodeJson, type JsonObject } from '@fairlead/apimachinery'

/** A key and how to make its value. */
export type LazyEntry = readonly [key: string, make: () => JsonObject]

/**
 * A large OpenAPI document whose paths and definitions are made one at a time, so that whoever writes it can let other
 * work in between.
 */
export interface LazyDocument {
  readonly head: JsonObject
  readonly paths: readonly LazyEntry[]
  readonly definitions: readonly LazyEntry[]
  /** Where the definitions stand: `definitions`, or `components.schemas`. */
  readonly definitionsAt: readonly [string] | readonly [string, string]
  /** Keys that stand beside `schemas` in `components`. */
  readonly besideDefinitions: JsonObject
  readonly tail: JsonObject
}

/** Entries by key. */
export function sortedEntries(entries: readonly LazyEntry[]): readonly LazyEntry[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** The document as JSON text, a fragment at a time; a fragment holds one path or one definition. */
export function* documentFragments(document: LazyDocument): Generator<string> {
  const { head, paths, definitions, definitionsAt, besideDefinitions, tail } = document
  yield `{${fields(head)},"paths":`
  yield* mapFragments(paths)
  const [outer, inner] = definitionsAt
  yield inner === undefined ? `,"${outer}":` : `,"${outer}":{"${inner}":`
  yield* mapFragments(definitions)
  if (inner !== undefined) yield `${leadingComma(fields(besideDefinitions))}}`
  yield `${leadingComma(fields(tail))}}`
}

/** The whole document as one value. */
export function documentValue({
  head,
  paths,
  definitions,
  definitionsAt,
  besideDefinitions,
  tail,
}: LazyDocument): JsonObject {
  const made = Object.fromEntries(definitions.map(([name, make]) => [name, make()]))
  const [outer, inner] = definitionsAt
  return {
    ...head,
    paths: Object.fromEntries(paths.map(([path, make]) => [path, make()])),
    [outer]: inner === undefined ? made : { [inner]: made, ...besideDefinitions },
    ...tail,
  }
}

function* mapFragments(entries: readonly LazyEntry[]): Generator<string> {
  let separator = '{'
  for (const [key, make] of entries) {
    yield `${separator}${JSON.stringify(key)}:${encodeJson(make())}`
    separator = ','
  }
  yield separator === '{' ? '{}' : '}'
}

/** The members of an object without its braces. */
function fields(object: JsonObject): string {
  return encodeJson(object).slice(1, -1)
}

function leadingComma(text: string): string {
  return text === '' ? '' : `,${text}`
}
