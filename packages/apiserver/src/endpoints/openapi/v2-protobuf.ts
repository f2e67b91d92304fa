import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { encodeYaml, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import type { LazyDocument, Pause } from '@fairlead/openapi'

/*
 * The protobuf form of OpenAPI v2 (message openapi.v2.Document of the gnostic models), which kubectl up to 1.28 reads.
 * Only the parts that our documents use are written; extensions (`x-…`) go as YAML text.
 */

/** Encodes a document, letting other work in between. */
export async function encodeV2Protobuf(document: LazyDocument, pause: Pause): Promise<Uint8Array> {
  const { head, paths, definitions, tail } = document
  const writer = new BinaryWriter()
  text(writer, 1, head['swagger'])
  message(writer, 2, (info) => {
    const source = head['info'] as JsonObject
    text(info, 1, source['title'])
    text(info, 2, source['version'])
  })
  const parts = [writer.finish(), ...(await collection({ field: 8, entryField: 2, pause }, paths, pathItem))]
  parts.push(...(await collection({ field: 9, entryField: 1, pause }, definitions, schema)))
  for (const requirement of list(tail['security']))
    message(writer, 12, (item) => securityRequirement(item, requirement))
  message(writer, 13, (item) => securityDefinitions(item, tail['securityDefinitions'] as JsonObject))
  return Buffer.concat([...parts, writer.finish()])
}

/** The parts of a message that only holds named entries, written in slices. */
async function collection(
  { field, entryField, pause }: { readonly field: number; readonly entryField: number; readonly pause: Pause },
  entries: LazyDocument['paths'],
  encode: (writer: BinaryWriter, value: JsonObject) => void,
): Promise<readonly Uint8Array[]> {
  const parts: Uint8Array[] = []
  let length = 0
  for (const [name, make] of entries) {
    const writer = new BinaryWriter()
    message(writer, entryField, (entry) => named(entry, name, (value) => encode(value, make())))
    const part = writer.finish()
    parts.push(part)
    length += part.length
    await pause()
  }
  return [new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(length).finish(), ...parts]
}

function pathItem(writer: BinaryWriter, item: JsonObject): void {
  const methods = { get: 2, put: 3, post: 4, delete: 5, options: 6, head: 7, patch: 8 }
  for (const [method, field] of Object.entries(methods)) {
    const found = item[method] as JsonObject | undefined
    if (found) message(writer, field, (inner) => operation(inner, found))
  }
  for (const entry of list(item['parameters'])) message(writer, 9, (inner) => parametersItem(inner, entry))
}

function operation(writer: BinaryWriter, source: JsonObject): void {
  texts(writer, 1, source['tags'])
  text(writer, 3, source['description'])
  text(writer, 5, source['operationId'])
  texts(writer, 6, source['produces'])
  texts(writer, 7, source['consumes'])
  for (const entry of list(source['parameters'])) message(writer, 8, (inner) => parametersItem(inner, entry))
  message(writer, 9, (inner) => responses(inner, source['responses'] as JsonObject))
  texts(writer, 10, source['schemes'])
  extensions(writer, 13, source)
}

function parametersItem(writer: BinaryWriter, source: JsonObject): void {
  message(writer, 1, (parameter) => {
    if (source['in'] === 'body') message(parameter, 1, (inner) => bodyParameter(inner, source))
    else message(parameter, 2, (inner) => nonBodyParameter(inner, source))
  })
}

function bodyParameter(writer: BinaryWriter, source: JsonObject): void {
  text(writer, 1, source['description'])
  text(writer, 2, source['name'])
  text(writer, 3, source['in'])
  flag(writer, 4, source['required'])
  message(writer, 5, (inner) => schema(inner, source['schema'] as JsonObject))
}

/** Query and path parameters differ only in numbers behind the fourth field. */
function nonBodyParameter(writer: BinaryWriter, source: JsonObject): void {
  const isQuery = source['in'] === 'query'
  message(writer, isQuery ? 3 : 4, (inner) => {
    flag(inner, 1, source['required'])
    text(inner, 2, source['in'])
    text(inner, 3, source['description'])
    text(inner, 4, source['name'])
    text(inner, isQuery ? 6 : 5, source['type'])
    flag(inner, isQuery ? 20 : 19, source['uniqueItems'])
  })
}

function responses(writer: BinaryWriter, source: JsonObject): void {
  for (const [code, response] of Object.entries(source)) {
    const { description, schema: body } = response as JsonObject
    message(writer, 1, (entry) =>
      named(entry, code, (value) =>
        message(value, 1, (inner) => {
          text(inner, 1, description)
          if (body) message(inner, 2, (item) => message(item, 1, (leaf) => schema(leaf, body as JsonObject)))
        }),
      ),
    )
  }
}

function schema(writer: BinaryWriter, source: JsonObject): void {
  text(writer, 1, source['$ref'])
  text(writer, 2, source['format'])
  text(writer, 4, source['description'])
  texts(writer, 19, source['required'])
  for (const value of (source['enum'] as JsonValue[] | undefined) ?? [])
    message(writer, 20, (inner) => any(inner, value))
  const additional = source['additionalProperties'] as JsonObject | undefined
  if (additional) message(writer, 21, (item) => message(item, 1, (inner) => schema(inner, additional)))
  if (source['type'] !== undefined) message(writer, 22, (inner) => text(inner, 1, source['type']))
  const items = source['items'] as JsonObject | undefined
  if (items) message(writer, 23, (item) => message(item, 1, (inner) => schema(inner, items)))
  const properties = source['properties'] as JsonObject | undefined
  if (properties) {
    message(writer, 25, (inner) => {
      for (const [name, property] of Object.entries(properties)) {
        message(inner, 1, (entry) => named(entry, name, (value) => schema(value, property as JsonObject)))
      }
    })
  }
  extensions(writer, 31, source)
}

function securityRequirement(writer: BinaryWriter, source: JsonObject): void {
  for (const [name, scopes] of Object.entries(source)) {
    message(writer, 1, (entry) => named(entry, name, (value) => texts(value, 1, scopes)))
  }
}

function securityDefinitions(writer: BinaryWriter, source: JsonObject): void {
  for (const [name, definition] of Object.entries(source)) {
    const { type, name: header, in: place, description } = definition as JsonObject
    message(writer, 1, (entry) =>
      named(entry, name, (value) =>
        message(value, 2, (inner) => {
          text(inner, 1, type)
          text(inner, 2, header)
          text(inner, 3, place)
          text(inner, 4, description)
        }),
      ),
    )
  }
}

function extensions(writer: BinaryWriter, field: number, source: JsonObject): void {
  for (const [name, value] of Object.entries(source)) {
    if (!name.startsWith('x-') || value === undefined) continue
    message(writer, field, (entry) => named(entry, name, (inner) => any(inner, value)))
  }
}

/** An arbitrary value travels as YAML text. */
function any(writer: BinaryWriter, value: JsonValue): void {
  text(writer, 2, encodeYaml(value))
}

function named(writer: BinaryWriter, name: string, value: (writer: BinaryWriter) => void): void {
  text(writer, 1, name)
  message(writer, 2, value)
}

function message(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork()
  write(writer)
  writer.join()
}

function text(writer: BinaryWriter, field: number, value: JsonValue | undefined): void {
  if (typeof value === 'string' && value !== '') writer.tag(field, WireType.LengthDelimited).string(value)
}

function texts(writer: BinaryWriter, field: number, values: JsonValue | undefined): void {
  for (const value of (values ?? []) as string[]) writer.tag(field, WireType.LengthDelimited).string(value)
}

function flag(writer: BinaryWriter, field: number, value: JsonValue | undefined): void {
  if (value === true) writer.tag(field, WireType.Varint).bool(true)
}

function list(value: JsonValue | undefined): JsonObject[] {
  return (value ?? []) as JsonObject[]
}
