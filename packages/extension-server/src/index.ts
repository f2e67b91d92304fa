export type { WebSocketConnection, WebSocketMessage } from '@fairlead/apiserver'
export type { Connect, ConnectRequest, ConnectWebSocket } from './kind/connect.ts'
export { defineKind } from './kind/define-kind.ts'
export type { FieldErrors } from './kind/field-errors.ts'
export type { Column, Kind, KindContext, KindObject, KindOptions, KindSubresources, KindVersion } from './kind/kind.ts'
export type { Flag, Flags, FlagValues } from './program/read-flags.ts'
export { runServer, type ServerProgram } from './program/run-server.ts'
export { s, type SchemaBuilder } from './schema/s.ts'
export type { Infer, InferFields, SchemaNode, SchemaType } from './schema/schema-type.ts'
export {
  createExtensionServer,
  type ExtensionServer,
  type ExtensionServerOptions,
  type ObjectReader,
} from './server/create-extension-server.ts'
export { type Delegation, type DelegationOptions, delegateTo } from './server/delegation.ts'
export type { AuthenticationOptions, AuthorizationOptions, RequestHeaderOptions } from './server/delegation-options.ts'
export type { ServedKind } from './server/describe-kinds.ts'
export { type RunningServer, serve, type ServeOptions } from './server/serve.ts'
export { createServingCertificate, type ServingCertificate } from './server/serving-certificate.ts'
export { openStorage, type StorageChoice } from './storage/open-storage.ts'
export {
  type ProvidedKind,
  type Provider,
  type ProviderEvent,
  type ProviderKey,
  type ProviderObject,
  type ProviderRequest,
  provide,
} from './storage/provider.ts'
