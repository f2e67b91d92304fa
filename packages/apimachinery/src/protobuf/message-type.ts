/** Kinds that are one protobuf scalar. `bytes` is base64 text in JSON; 64-bit integers beyond 2^53 - 1 are `bigint`. */
export type ScalarKind = 'string' | 'bytes' | 'bool' | 'int32' | 'int64' | 'uint32' | 'uint64' | 'double'

/**
 * Kinds that are a message on the wire and something smaller in JSON: `time` and `microTime` RFC 3339 text, `quantity`
 * text, `intOrString` a number or text, `json` any JSON (RawExtension, FieldsV1, JSON: the message holds the JSON text),
 * `strings` a list of texts (Verbs, ExtraValue).
 */
export type SpecialKind = 'time' | 'microTime' | 'quantity' | 'intOrString' | 'json' | 'strings'

/** The unions of a JSON schema: a schema, or else a list of schemas, a boolean, a list of texts. */
export type SchemaUnionKind = 'schemaOrList' | 'schemaOrBool' | 'schemaOrStrings'

/** What a field holds; `message` of a schema union is the schema. */
export type FieldType =
  | { readonly kind: ScalarKind | SpecialKind }
  | { readonly kind: 'message' | SchemaUnionKind; readonly message: MessageType }

/**
 * How often a field is there. `value`: always written, zero when JSON has none, and a zero read from the wire is left
 * out of JSON. `pointer`: written when JSON has it, zero or not. `map`: keys are texts. `embedded`: a message of its own
 * on the wire whose fields are fields of the outer object in JSON.
 */
export type Cardinality = 'value' | 'pointer' | 'list' | 'map' | 'embedded'

/** One field of a message. */
export interface MessageField {
  readonly number: number
  /** The name in JSON. */
  readonly name: string
  /** Of one value: of the items of a list, of the values of a map. */
  readonly type: FieldType
  readonly cardinality: Cardinality
}

/** A protobuf message with a JSON form. Types may refer to each other in circles. */
export interface MessageType {
  readonly name: string
  /** In ascending order of numbers, which is the order on the wire. */
  readonly fields: readonly MessageField[]
  readonly fieldsByNumber: ReadonlyMap<number, MessageField>
}

/** A message type whose fields are made at first use. */
export function defineMessage(name: string, makeFields: () => readonly MessageField[]): MessageType {
  let fields: readonly MessageField[] | undefined
  let byNumber: ReadonlyMap<number, MessageField> | undefined
  return {
    name,
    get fields() {
      fields ??= [...makeFields()].sort((a, b) => a.number - b.number)
      return fields
    },
    get fieldsByNumber() {
      byNumber ??= new Map(this.fields.map((field) => [field.number, field]))
      return byNumber
    },
  }
}

/** How deeply messages may be nested, in both directions. */
export const maxMessageDepth = 500
