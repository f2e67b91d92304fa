import { isJsonObject, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import { type LazyDocument, type LazyEntry, sortedEntries } from './lazy-document.ts'

/** The parts of an OpenAPI v2 document that have a v3 form. */
export interface V2Parts {
  readonly info: JsonObject
  readonly paths: Iterable<readonly [path: string, item: JsonObject]>
  readonly definitions: Iterable<readonly [name: string, definition: JsonObject]>
  readonly securityDefinitions: JsonObject
}

/**
 * The v3 form of a document that somebody else wrote in v2, as upstream converts it: bodies and responses have a content
 * for each media type that the operation names, definitions become components, extensions stay. What v2 cannot say
 * (`nullable`, unions) does not come back, and neither does whether a body is required.
 */
export function v3FromV2({ info, paths, definitions, securityDefinitions }: V2Parts): LazyDocument {
  return {
    head: { openapi: '3.0.0', info },
    paths: sortedEntries([...paths].map(([path, item]): LazyEntry => [path, () => pathItem(item)])),
    definitions: sortedEntries(
      [...definitions].map(([name, definition]): LazyEntry => [name, () => schemaToV3(definition)]),
    ),
    definitionsAt: ['components', 'schemas'],
    besideDefinitions: securitySchemes(securityDefinitions),
    tail: {},
  }
}

const methods: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch'])

function pathItem(item: JsonObject): JsonObject {
  const converted: JsonObject = {}
  for (const [key, member] of Object.entries(item)) {
    if (methods.has(key) && isJsonObject(member)) converted[key] = operation(member)
    else if (key === 'parameters') converted[key] = objectsOf(member).map(parameter)
    else if (isExtension(key)) converted[key] = member
  }
  return converted
}

const carriedOver: ReadonlySet<string> = new Set([
  'tags',
  'summary',
  'description',
  'externalDocs',
  'operationId',
  'deprecated',
])

function operation(from: JsonObject): JsonObject {
  const converted: JsonObject = {}
  const parameters: JsonObject[] = []
  for (const entry of objectsOf(from['parameters'])) {
    const { schema } = entry
    if (entry['in'] !== 'body' || !isJsonObject(schema)) parameters.push(parameter(entry))
    else converted['requestBody'] = { content: content(from['consumes'], schema) }
  }
  for (const [key, member] of Object.entries(from)) {
    if (carriedOver.has(key) || isExtension(key)) converted[key] = member
  }
  if (parameters.length > 0) converted['parameters'] = parameters
  const responses = isJsonObject(from['responses']) ? from['responses'] : {}
  converted['responses'] = Object.fromEntries(
    Object.entries(responses).map(([code, answer]) => [
      code,
      isJsonObject(answer) && !isExtension(code) ? response(answer, from['produces']) : answer,
    ]),
  )
  return converted
}

function response({ schema, description, ...rest }: JsonObject, produces: JsonValue | undefined): JsonObject {
  return {
    ...(description === undefined ? {} : { description }),
    ...(isJsonObject(schema) && Array.isArray(produces) ? { content: content(produces, schema) } : {}),
    ...extensionsOf(rest),
  }
}

function content(mediaTypes: JsonValue | undefined, schema: JsonObject): JsonObject {
  const types = Array.isArray(mediaTypes) ? mediaTypes.filter((type) => typeof type === 'string') : []
  return Object.fromEntries(types.map((type) => [type, { schema: schemaToV3(schema) }]))
}

/** What v2 says of a plain value beside the parameter's name is a schema in v3. */
function parameter(from: JsonObject): JsonObject {
  const { name, in: place, description, required, allowEmptyValue, schema, type, format, uniqueItems } = from
  return withoutAbsent({
    name,
    in: place,
    description,
    required,
    allowEmptyValue,
    schema: isJsonObject(schema) ? schemaToV3(schema) : withoutAbsent({ type, format, uniqueItems }),
    ...extensionsOf(from),
  })
}

/** The one flow of an OAuth scheme is one of several in v3. */
function securitySchemes(definitions: JsonObject): JsonObject {
  const schemes = Object.entries(definitions).flatMap(([key, scheme]) => {
    if (!isJsonObject(scheme)) return []
    const { type, description, name, in: place, flow, authorizationUrl, tokenUrl, scopes } = scheme
    const flows =
      typeof flow === 'string' ? { [flow]: withoutAbsent({ authorizationUrl, tokenUrl, scopes }) } : undefined
    return [[key, withoutAbsent({ type, description, name, in: place, flows, ...extensionsOf(scheme) })] as const]
  })
  return schemes.length === 0 ? {} : { securitySchemes: Object.fromEntries(schemes) }
}

const v2Prefix = '#/definitions/'

/** A reference stands alone in v3: what is beside it becomes the schema, and the reference its `allOf`. */
function schemaToV3(schema: JsonObject): JsonObject {
  const converted: JsonObject = {}
  for (const [key, member] of Object.entries(schema)) {
    if (key !== '$ref') converted[key] = schemaMember(key, member)
  }
  const reference = schema['$ref']
  if (typeof reference !== 'string') return converted
  const target = {
    $ref: reference.startsWith(v2Prefix) ? `#/components/schemas/${reference.slice(v2Prefix.length)}` : reference,
  }
  return Object.keys(converted).length === 0 ? target : { ...converted, allOf: [target] }
}

function schemaMember(key: string, member: JsonValue | undefined): JsonValue | undefined {
  if (key === 'properties' && isJsonObject(member)) {
    return Object.fromEntries(
      Object.entries(member).map(([name, property]) => [
        name,
        isJsonObject(property) ? schemaToV3(property) : property,
      ]),
    )
  }
  if (!schemaKeys.has(key)) return member
  if (Array.isArray(member)) return member.map((entry) => (isJsonObject(entry) ? schemaToV3(entry) : entry))
  return isJsonObject(member) ? schemaToV3(member) : member
}

/** Members that hold a schema or a list of them. */
const schemaKeys: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'allOf', 'anyOf', 'oneOf', 'not'])

function isExtension(key: string): boolean {
  return key.startsWith('x-')
}

function extensionsOf(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => isExtension(key)))
}

function withoutAbsent(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}

function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
