import { deepEqual, isJsonObject, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import type { LazyDocument } from '@fairlead/openapi'
import { type RemoteSpec, renameReferences } from './remote-spec.ts'

type LazyEntry = LazyDocument['paths'][number]

const kinds = 'x-kubernetes-group-version-kind'

/**
 * One OpenAPI v2 document of this server's own and those of the servers behind it, in their order. A path that is there
 * stays; a definition of the same name is shared when it says the same and otherwise gets a name of its own, `NAME_v2`
 * and so on (OA2-4).
 */
export function mergeSpecs(local: LazyDocument, remotes: readonly RemoteSpec[]): LazyDocument {
  if (remotes.length === 0) return local
  const paths = new Map<string, () => JsonObject>(local.paths)
  const definitions = new Map<string, () => JsonObject>(local.definitions)
  for (const remote of remotes) addSpec({ paths, definitions }, remote)
  return { ...local, paths: sorted(paths), definitions: sorted(definitions) }
}

interface Merged {
  readonly paths: Map<string, () => JsonObject>
  readonly definitions: Map<string, () => JsonObject>
}

function addSpec({ paths, definitions }: Merged, remote: RemoteSpec): void {
  const renames = findRenames(definitions, remote)
  for (const [name, definition] of remote.definitions) {
    const renamed = renameReferences(definition, renames) as JsonObject
    const known = definitions.get(renames.get(name) ?? name)
    definitions.set(renames.get(name) ?? name, known === undefined ? () => renamed : withKinds(known, renamed))
  }
  for (const [path, item] of remote.paths) {
    if (!paths.has(path)) paths.set(path, () => renameReferences(item, renames) as JsonObject)
  }
}

/**
 * A definition that gets another name changes those that refer to it, which may then differ themselves: names are looked
 * for until none is missing. A name given earlier to the same definition is used again.
 */
function findRenames(definitions: Merged['definitions'], remote: RemoteSpec): ReadonlyMap<string, string> {
  const renames = new Map<string, string>()
  for (let changed = true; changed; ) {
    changed = false
    for (const [name, definition] of remote.definitions) {
      for (;;) {
        const known = definitions.get(renames.get(name) ?? name)
        if (known === undefined || sameButKinds(known(), renameReferences(definition, renames) as JsonObject)) break
        renames.set(name, nextName(name, renames.get(name), { definitions, remote }))
        changed = true
      }
    }
  }
  return renames
}

function nextName(
  name: string,
  tried: string | undefined,
  { definitions, remote }: { readonly definitions: Merged['definitions']; readonly remote: RemoteSpec },
): string {
  const first = tried === undefined ? 2 : Number(tried.slice(name.length + 2)) + 1
  for (let number = first; ; number += 1) {
    const candidate = `${name}_v${number}`
    // One that is there may say the same; whoever asks looks.
    if (definitions.has(candidate) || !remote.definitions.has(candidate)) return candidate
  }
}

function sameButKinds(a: JsonObject, b: JsonObject): boolean {
  const { [kinds]: _a, ...left } = a
  const { [kinds]: _b, ...right } = b
  return deepEqual(left, right)
}

function withKinds(make: () => JsonObject, other: JsonObject): () => JsonObject {
  const added = listOf(other[kinds])
  if (added.length === 0) return make
  return () => {
    const definition = make()
    const known = listOf(definition[kinds])
    const news = added.filter((kind) => !known.some((entry) => deepEqual(entry, kind)))
    return news.length === 0 ? definition : { ...definition, [kinds]: [...known, ...news] }
  }
}

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

function sorted(entries: ReadonlyMap<string, () => JsonObject>): readonly LazyEntry[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
