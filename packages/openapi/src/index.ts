export type { DecodedBody, KindDescription, ProtobufForm } from './resource/kind-description.ts'
export type {
  Deprecation,
  ResourceDescription,
  ResourceStorage,
  ResourceVersion,
  ScaleMapping,
  StreamOption,
  SubresourceDescription,
  Verb,
} from './resource/resource-description.ts'
export type { ResourceStrategy, StrategyContext } from './resource/strategy.ts'
export type { ColumnDefinition, PrintedRow, TableColumns, TableRowCondition } from './resource/table-columns.ts'
export { createSchemaSet, type SchemaSet } from './schema/compile.ts'
export { decodeWithSchema } from './schema/decode.ts'
export type { FieldType, OpenApiDefinition, OpenApiField, ScalarDefinition } from './schema/definition.ts'
export { patchSchemaOf } from './schema/patch-schema.ts'
export type {
  AbsentField,
  FieldPatch,
  FieldSchema,
  ListSchema,
  MapSchema,
  PlainSchema,
  Schema,
  StructDefaults,
  StructFields,
  StructSchema,
} from './schema/schema.ts'
export { TypeMismatchError } from './schema/type-mismatch-error.ts'
export type {
  DefinitionSource,
  DocumentedConnect,
  DocumentedKind,
  DocumentedResource,
} from './documents/documented-resource.ts'
export { type DocumentedEndpoint, discoveryEndpoints } from './documents/endpoint-paths.ts'
export { type DocumentTexts, definitionDocument } from './documents/definition-document.ts'
export { documentFragments, documentValue, type LazyDocument } from './documents/lazy-document.ts'
export type { Pause } from './documents/pause.ts'
export { openApiV2Document } from './documents/v2-document.ts'
export { type DocumentOptions, openApiV3Document } from './documents/v3-document.ts'
export { v3FromV2 } from './documents/v3-from-v2.ts'
