import { isJsonObject, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import { type MemberRange, objectMembers, parseRange } from './json-members.ts'

/** What a remote server says of one group-version, in OpenAPI v2. */
export interface RemoteSpec {
  readonly info: JsonObject
  readonly securityDefinitions: JsonObject
  readonly paths: ReadonlyMap<string, JsonObject>
  readonly definitions: ReadonlyMap<string, JsonObject>
}

const reference = '#/definitions/'
const parameterReference = '#/parameters/'

/**
 * The paths under `prefix` of an OpenAPI v2 document, and the definitions that they reach; nothing else of it is parsed.
 * Throws for what would break the document of everybody: the whole of it is then left out (OA2-3, OA2-8).
 */
export async function readRemoteSpec(bytes: Buffer, prefix: string): Promise<RemoteSpec> {
  const top = await objectMembers(bytes)
  const section = async (name: string): Promise<ReadonlyMap<string, MemberRange>> => {
    const range = top.get(name)
    return range === undefined ? new Map() : await objectMembers(bytes, range.start)
  }
  const [paths, definitions, parameters] = [
    await section('paths'),
    await section('definitions'),
    await section('parameters'),
  ]
  const kept = new Map<string, JsonObject>()
  for (const [path, range] of paths) {
    if (!path.startsWith(prefix)) continue
    kept.set(path, checkedPath(path, inlineParameters(objectAt(bytes, range, path), parameters, bytes)))
  }
  const small = (name: string): JsonObject => {
    const range = top.get(name)
    return range === undefined ? {} : objectAt(bytes, range, name)
  }
  return {
    info: small('info'),
    securityDefinitions: small('securityDefinitions'),
    paths: kept,
    definitions: reachable(kept.values(), definitions, bytes),
  }
}

/** Every definition that a value refers to, by name. */
export function references(value: JsonValue | undefined, found: Set<string> = new Set()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const item of value) references(item, found)
  else if (isJsonObject(value)) {
    const target = value['$ref']
    if (typeof target === 'string' && target.startsWith(reference)) found.add(target.slice(reference.length))
    for (const member of Object.values(value)) references(member, found)
  }
  return found
}

/** A copy in which definitions have other names. */
export function renameReferences(value: JsonValue, renames: ReadonlyMap<string, string>): JsonValue {
  if (renames.size === 0) return value
  if (Array.isArray(value)) return value.map((item) => renameReferences(item, renames))
  if (!isJsonObject(value)) return value
  const copy: JsonObject = {}
  for (const [key, member] of Object.entries(value)) {
    if (key === '$ref' && typeof member === 'string' && member.startsWith(reference)) {
      const name = member.slice(reference.length)
      copy[key] = `${reference}${renames.get(name) ?? name}`
    } else if (member !== undefined) copy[key] = renameReferences(member, renames)
  }
  return copy
}

function reachable(
  roots: Iterable<JsonObject>,
  definitions: ReadonlyMap<string, MemberRange>,
  bytes: Buffer,
): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>()
  const waiting = [...roots].flatMap((root) => [...references(root)])
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue
    const range = definitions.get(name)
    if (range === undefined) throw new Error(`definition ${JSON.stringify(name)} is missing`)
    if (name.includes('/')) throw new Error(`the name of definition ${JSON.stringify(name)} has a slash`)
    const definition = objectAt(bytes, range, name)
    found.set(name, definition)
    waiting.push(...references(definition))
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function objectAt(bytes: Buffer, range: MemberRange, name: string): JsonObject {
  const value = parseRange(bytes, range) as JsonValue
  if (!isJsonObject(value)) throw new Error(`${JSON.stringify(name)} is no object`)
  return value
}

const methods: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch'])

function checkedPath(path: string, item: JsonObject): JsonObject {
  for (const [method, operation] of Object.entries(item)) {
    if (!methods.has(method)) continue
    const responses = isJsonObject(operation) ? operation['responses'] : undefined
    if (!isJsonObject(responses) || !Object.values(responses).every(isJsonObject)) {
      throw new Error(`${method} ${path} has no responses`)
    }
  }
  return item
}

/** Parameters that the document keeps apart are put where they are used, as this server's own are. */
function inlineParameters(item: JsonObject, parameters: ReadonlyMap<string, MemberRange>, bytes: Buffer): JsonObject {
  const inline = (list: JsonValue | undefined): JsonValue | undefined => {
    if (!Array.isArray(list)) return list
    return list.map((entry) => {
      const target = isJsonObject(entry) ? entry['$ref'] : undefined
      if (typeof target !== 'string' || !target.startsWith(parameterReference)) return entry
      const name = target.slice(parameterReference.length)
      const range = parameters.get(name)
      if (range === undefined) throw new Error(`parameter ${JSON.stringify(name)} is missing`)
      return objectAt(bytes, range, name)
    })
  }
  const copy: JsonObject = {}
  for (const [key, member] of Object.entries(item)) {
    if (key === 'parameters') copy[key] = inline(member)
    else if (methods.has(key) && isJsonObject(member) && member['parameters'] !== undefined) {
      copy[key] = { ...member, parameters: inline(member['parameters']) }
    } else copy[key] = member
  }
  return copy
}
