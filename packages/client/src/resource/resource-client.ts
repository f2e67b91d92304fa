import type { GroupVersionResource, JsonValue, Status } from '@fairlead/apimachinery'
import type { List, ObjectLike, PartialObjectMetadata, WatchEvent } from '../object-types.ts'
import type {
  ApplyOptions,
  DeleteOptions,
  GetOptions,
  ListOptions,
  PatchOptions,
  SelectionOptions,
  WatchOnceOptions,
  WatchOptions,
  WriteOptions,
} from './options.ts'

/** What can be read of a resource. */
export interface ResourceReader<T> {
  readonly resource: GroupVersionResource
  get(name: string, options?: GetOptions): Promise<T>
  /** One list as the server answers it: everything, or with `limit` one page. */
  list(options?: ListOptions): Promise<List<T>>
  /** A list page by page (500 objects unless `limit` says otherwise), all at one resource version. */
  pages(options?: ListOptions): AsyncIterable<List<T>>
  /**
   * The objects and every change to them, for as long as somebody reads: over new connections when one ends or breaks, and
   * with a fresh list, told as changes, when the server has forgotten where this watch was. Ends when the signal is
   * aborted. A deletion that happened unseen is told with the last known state of the object.
   */
  watch(options?: WatchOptions): AsyncIterable<WatchEvent<T>>
  /** One connection of a watch; ends when the server ends it. Yields what came together. */
  watchOnce(options?: WatchOnceOptions): AsyncIterable<readonly WatchEvent<T>[]>
}

/** What can be changed of a resource. */
export interface ResourceWriter<T> {
  create(object: T, options?: WriteOptions): Promise<T>
  /** Replaces the object that `object` names. With its resourceVersion, only if nobody else has changed it: else 409. */
  update(object: T, options?: WriteOptions): Promise<T>
  patch(name: string, patch: JsonValue | object, options: PatchOptions): Promise<T>
  /** Server-side apply of `object`, which holds the fields that `fieldManager` wants, and no others. */
  apply(object: T, options: ApplyOptions): Promise<T>
  /** The object, if it stays for a while (finalizers, a grace period), or a Status of success. */
  delete(name: string, options?: DeleteOptions): Promise<T | Status>
  deleteCollection(options?: DeleteOptions & SelectionOptions): Promise<List<T> | Status>
}

/** A part of an object with a path of its own. */
export interface SubresourceClient<S, T> {
  get(name: string, options?: GetOptions): Promise<S>
  /** POST, for such as `eviction`, `binding` and `token`. */
  create(name: string, body: S, options?: WriteOptions): Promise<S>
  /** PUT, to the object that the body names. */
  update(object: S, options?: WriteOptions): Promise<S>
  patch(name: string, patch: JsonValue | object, options: PatchOptions): Promise<S>
  apply(object: S, options: ApplyOptions): Promise<T>
}

/** Access to a resource: in one namespace, or in all of them, or without namespaces. */
export interface ResourceClient<T extends ObjectLike> extends ResourceReader<T>, ResourceWriter<T> {
  /** The same resource in one namespace. Without it, writes go to the namespace that the object names. */
  namespace(namespace: string): ResourceClient<T>
  /** Reads only metadata. */
  metadataOnly(): ResourceReader<PartialObjectMetadata>
  /** `status`, `scale`, `eviction` and others; the body is of the resource's own type unless told. */
  subresource<S extends ObjectLike = T>(name: string): SubresourceClient<S, T>
}
