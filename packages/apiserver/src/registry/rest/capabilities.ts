import type { FieldSelector, JsonObject, KubeObject, LabelSelector } from '@fairlead/apimachinery'
import type { AdmissionAttributes } from '../../admission/admission.ts'
import type { ApiResponse } from '../../request/api-response.ts'
import type { RequestContext } from '../../request/request-context.ts'
import type { StoredObject } from './stored-object.ts'

/*
 * What a resource can do. Handlers know these and nothing of a concrete resource; which verbs, routes and discovery
 * entries exist follows from which of them a resource has. All objects are in the stored version.
 */

export interface Getter {
  /** Throws NotFound. `resourceVersion`: '' newest, '0' any, N not older than N. */
  get(context: RequestContext, key: ObjectKey, options: { readonly resourceVersion: string }): Promise<StoredObject>
}

export interface ObjectKey {
  /** Empty for cluster scope. */
  readonly namespace: string
  readonly name: string
}

export interface ListRequest {
  /** Empty for all namespaces. */
  readonly namespace: string
  readonly labelSelector: LabelSelector
  readonly fieldSelector: FieldSelector
  /** 0 for no limit. */
  readonly limit: number
  readonly continue: string
  readonly resourceVersion: string
  readonly resourceVersionMatch: string
}

export interface ListResult {
  /** 0 where no store stands behind the list: then it has no resourceVersion. */
  readonly revision: number
  readonly items: readonly StoredObject[]
  readonly continue: string
  readonly remainingItemCount?: number
}

export interface Lister {
  list(context: RequestContext, request: ListRequest): Promise<ListResult>
}

export interface WatchRequest {
  readonly namespace: string
  readonly labelSelector: LabelSelector
  readonly fieldSelector: FieldSelector
  readonly resourceVersion: string
  readonly resourceVersionMatch: string
  readonly sendInitialEvents?: boolean
  readonly allowWatchBookmarks: boolean
  /** Milliseconds until the handler will end the watch: a bookmark comes shortly before. */
  readonly timeoutMs?: number
}

/**
 * A change as every watcher of the resource shares it. `encoded` is a memo for frames, so that an event is encoded once
 * however many watch it. Its keys name event type and encoding: with selectors one change is MODIFIED for one watcher,
 * ADDED or DELETED for another.
 */
export interface StoredEvent {
  readonly revision: number
  readonly current?: StoredObject
  readonly previous?: StoredObject
  readonly encoded: Map<string, Uint8Array>
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: StoredObject; readonly source?: StoredEvent }
  | { readonly type: 'BOOKMARK'; readonly revision: number; readonly initialEventsEnd: boolean }
  | { readonly type: 'ERROR'; readonly error: Error }

export interface WatchSession {
  close(): void
}

export interface Watcher {
  /**
   * Starts a watch; `onEvents` is called synchronously with events in order (the first call may come before the
   * promise resolves). An ERROR event is the last one; `onEnd` is called when the server ends the watch otherwise.
   */
  watch(
    context: RequestContext,
    request: WatchRequest,
    handler: { onEvents(events: readonly WatchEvent[]): void; onEnd(): void },
  ): Promise<WatchSession>
}

export interface WriteOptions {
  readonly dryRun: boolean
  /** Admission for this write, bound to request and operation by the handler. */
  readonly admit: AdmissionHooks
}

export interface AdmissionHooks {
  mutate(attributes: Pick<AdmissionAttributes, 'operation' | 'name' | 'object' | 'oldObject'>): Promise<void>
  validate(attributes: Pick<AdmissionAttributes, 'operation' | 'name' | 'object' | 'oldObject'>): Promise<void>
}

export interface Creater {
  /** `object` is decoded and in stored form; the callee owns it. Throws AlreadyExists, Invalid and so on. */
  create(
    context: RequestContext,
    object: KubeObject,
    options: WriteOptions & { readonly namespace: string },
  ): Promise<StoredObject>
}

export interface UpdateRequest {
  readonly key: ObjectKey
  /**
   * Makes the wanted object from the current one (undefined when it does not exist). Called again after a conflict
   * when the caller may be retried. Returns a fresh object in stored form that the callee owns.
   */
  desired(current: StoredObject | undefined): Promise<KubeObject>
  /** Creates when there is none: PUT of kinds that create on update, and apply. */
  readonly createAllowed: boolean
  /**
   * PATCH: `desired` starts from the current object, which must exist, and is called again after a conflict. Otherwise
   * (PUT) the object says on its own what is wanted, and its uid, when it has one, must be that of the current object.
   */
  readonly retryOnConflict: boolean
}

export interface Updater {
  update(
    context: RequestContext,
    request: UpdateRequest,
    options: WriteOptions,
  ): Promise<{ readonly object: StoredObject; readonly created: boolean }>
}

/** meta/v1 DeleteOptions, checked. */
export interface DeleteRequest extends JsonObject {
  gracePeriodSeconds?: number
  propagationPolicy?: string
  orphanDependents?: boolean
  preconditions?: { uid?: string; resourceVersion?: string }
}

export interface DeleteResult {
  readonly object: StoredObject
  /** False while finalizers or a grace period keep the object. */
  readonly gone: boolean
}

export interface Deleter {
  delete(context: RequestContext, key: ObjectKey, options: DeleteRequest, write: WriteOptions): Promise<DeleteResult>
}

export interface CollectionDeleter {
  deleteCollection(
    context: RequestContext,
    list: ListRequest,
    options: DeleteRequest,
    write: WriteOptions,
  ): Promise<ListResult>
}

/** Answers POST of a kind that is not stored (reviews, bindings, evictions). The response object is sent with 201. */
export interface Action {
  perform(context: RequestContext, key: ObjectKey, object: KubeObject, options: WriteOptions): Promise<KubeObject>
}

/** Answers a subresource that is no object: a stream, a proxy, anything over HTTP. The request has been admitted. */
export interface Connecter {
  /** `path` is what follows the subresource's name, without the slash before it. */
  connect(context: RequestContext, key: ObjectKey, path: string): Promise<ApiResponse>
}

export interface RestResource
  extends Partial<Getter>,
    Partial<Lister>,
    Partial<Watcher>,
    Partial<Creater>,
    Partial<Updater>,
    Partial<Deleter>,
    Partial<CollectionDeleter>,
    Partial<Action>,
    Partial<Connecter> {}
