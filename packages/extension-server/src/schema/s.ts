import type { JsonValue } from '@fairlead/apimachinery'
import type { Infer, InferFields, NodeFacts, SchemaNode, SchemaType } from './schema-type.ts'

type Facts<Type extends SchemaNode['type']> = Omit<Extract<SchemaNode, { readonly type: Type }>, 'type' | 'optional'>
type Shape = Readonly<Record<string, SchemaType<unknown, boolean>>>

/**
 * Makes schemas. A field is required unless `s.optional` stands around it; a required object that is absent reads as the
 * empty one, as upstream's structs do; every other required value that is absent is refused.
 */
export interface SchemaBuilder {
  string(facts?: Facts<'string'>): SchemaType<string>
  /** One of some strings. */
  enum<const Value extends string>(values: readonly Value[], facts?: NodeFacts): SchemaType<Value>
  /** A whole number of 64 bits. */
  integer(facts?: Facts<'integer' | 'number'>): SchemaType<number>
  number(facts?: Facts<'integer' | 'number'>): SchemaType<number>
  boolean(facts?: NodeFacts): SchemaType<boolean>
  object<Fields extends Shape>(fields: Fields, facts?: NodeFacts): SchemaType<InferFields<Fields>>
  array<Item>(items: SchemaType<Item>, facts?: Omit<Facts<'array'>, 'items'>): SchemaType<Item[]>
  /** String keys, values of one schema. */
  map<Value>(values: SchemaType<Value>, facts?: NodeFacts): SchemaType<Record<string, Value>>
  optional<Value>(schema: SchemaType<Value>): SchemaType<Value, true>
  /** Any JSON value, kept as it is. */
  any(facts?: NodeFacts): SchemaType<JsonValue>
  quantity(facts?: NodeFacts): SchemaType<string>
  /** RFC 3339, whole seconds, UTC. */
  time(facts?: NodeFacts): SchemaType<string>
  intOrString(facts?: NodeFacts): SchemaType<number | string>
  /** A definition that Kubernetes publishes: `s.definition<LabelSelector>('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector')`. */
  definition<Value>(name: string, facts?: NodeFacts): SchemaType<Value>
}

const jsonDefinition = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON'
const quantityDefinition = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
const timeDefinition = 'io.k8s.apimachinery.pkg.apis.meta.v1.Time'
const intOrStringDefinition = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString'

export const s: SchemaBuilder = {
  string: (facts = {}) => ({ node: { ...facts, type: 'string' } }),
  enum: (values, facts = {}) => ({ node: { ...facts, type: 'string', enum: values } }),
  integer: (facts = {}) => ({ node: { ...facts, type: 'integer' } }),
  number: (facts = {}) => ({ node: { ...facts, type: 'number' } }),
  boolean: (facts = {}) => ({ node: { ...facts, type: 'boolean' } }),
  object: (fields, facts = {}) => ({
    node: {
      ...facts,
      type: 'object',
      fields: Object.fromEntries(Object.entries(fields).map(([name, { node }]) => [name, node])),
    },
  }),
  array: (items, facts = {}) => ({ node: { ...facts, type: 'array', items: items.node } }),
  map: (values, facts = {}) => ({ node: { ...facts, type: 'map', values: values.node } }),
  optional: <Value>({ node }: SchemaType<Value>) => ({ node: { ...node, optional: true } }),
  any: (facts = {}) => s.definition(jsonDefinition, facts),
  quantity: (facts = {}) => s.definition(quantityDefinition, facts),
  time: (facts = {}) => s.definition(timeDefinition, facts),
  intOrString: (facts = {}) => s.definition(intOrStringDefinition, facts),
  definition: (definition, facts = {}) => ({ node: { ...facts, type: 'definition', definition } }),
}

export type { Infer }
