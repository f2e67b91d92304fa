export { sleep } from './abort.ts'
export { type Client, type ClientOptions, createClient, NoMatchError } from './client.ts'
export type { ApiGroup, ApiResource, ApiSubresource, DiscoveredApis } from './discovery/api-resource.ts'
export type { Discovery, KindQuery, ResourceQuery } from './discovery/discovery.ts'
export { createFetchTransport } from './fetch-transport.ts'
export { FifoMap } from './fifo-map.ts'
export type { HandlerRegistration, InformerHandler } from './informer/handler.ts'
export { createInformer, type HandlerOptions, type Informer, type InformerOptions } from './informer/informer.ts'
export { createInformers, type Informers, type InformerScope, type InformersOptions } from './informer/informers.ts'
export { type Indexer, namespaceIndex, type Store } from './informer/store.ts'
export { createYielding, type Yielding } from './yielding.ts'
export { withoutManagedFields } from './informer/transforms.ts'
export { keyOf, type ObjectKey, objectKey, splitKey } from './object-key.ts'
export {
  type Bookmark,
  initialEventsEnd,
  type LabelSelectorInput,
  type List,
  type ListMeta,
  type MetadataLike,
  type ObjectLike,
  type PartialObjectMetadata,
  type Scale,
  type WatchEvent,
} from './object-types.ts'
export type { Query } from './request/query.ts'
export { isTooLargeResourceVersion } from './request/response-error.ts'
export type { ApiCall } from './request/requester.ts'
export { type ApiWarning, parseWarnings } from './request/warnings.ts'
export { listInPages } from './resource/list-pages.ts'
export type {
  ApplyOptions,
  CallOptions,
  DeleteOptions,
  GetOptions,
  ListOptions,
  PatchOptions,
  PatchType,
  SelectionOptions,
  WatchOnceOptions,
  WatchOptions,
  WriteOptions,
} from './resource/options.ts'
export type { ResourceClient, ResourceReader, ResourceWriter, SubresourceClient } from './resource/resource-client.ts'
export { ConnectionError, type Transport, type TransportRequest, type TransportResponse } from './transport.ts'
export { awaitCondition, type WaitCondition } from './wait/await-condition.ts'
export {
  everyCondition,
  hasCondition,
  isDeleted,
  isDeploymentComplete,
  notCondition,
  someCondition,
} from './wait/conditions.ts'
export { type Backoff, type BackoffShape, createBackoff } from './watch/backoff.ts'
export {
  type ObjectEvent,
  type Reflected,
  type ReflectOptions,
  reflect,
  type ReflectorSource,
  type ReflectorTimes,
} from './watch/reflect.ts'
export { compareResourceVersions } from './watch/resource-version.ts'
