import type { KubeObject } from '@fairlead/apimachinery'
import type { ResourceStrategy } from '@fairlead/openapi'
import type {
  CollectionDeleter,
  Creater,
  Deleter,
  Getter,
  Lister,
  ListRequest,
  ObjectKey,
  Updater,
  Watcher,
} from '../rest/capabilities.ts'
import { createCreater } from './create.ts'
import { createDeleter } from './delete.ts'
import { createCollectionDeleter } from './delete-collection.ts'
import { type Follower, type Following, followObjects } from './follow.ts'
import { createGetter, findObject } from './get.ts'
import { guaranteedUpdate } from './guaranteed-update.ts'
import type { Change, ChangeResult } from './guaranteed-update.ts'
import { storageKey } from './keys.ts'
import { createLister, listObjects } from './list.ts'
import type { KeptList } from './list.ts'
import type { StoreParts } from './store-parts.ts'
import { storedBytes } from './stored-form.ts'
import type { KeptObject } from './stored-object.ts'
import { fillSystemMetadata } from './system-metadata.ts'
import { createUpdater } from './update.ts'
import { createWatcher } from './watch.ts'

/** Everything that can be done with a stored resource, and what the server itself needs of it without a request. */
export interface ResourceStore extends Getter, Lister, Watcher, Creater, Updater, Deleter, CollectionDeleter {
  /** The newest object; undefined when there is none. */
  find(key: ObjectKey): Promise<KeptObject | undefined>
  /** What `list` gives, for the server itself. */
  read(request: ListRequest): Promise<KeptList>
  /** Tells somebody in this process about all objects and every change of them. */
  follow(follower: Follower): Following
  /** Writes past strategy, validation and admission. */
  change(
    key: ObjectKey,
    options: { readonly dryRun: boolean },
    decide: (current: KeptObject | undefined, path: string) => Promise<Change>,
  ): Promise<ChangeResult>
  /** The record of a new object, with its system metadata, for the transaction of another object that it comes with. */
  newRecord(object: KubeObject): { readonly key: string; readonly value: Uint8Array }
  /** GET, PUT and PATCH of a subresource: the same objects under other rules for writes. */
  subresource(name: string, strategy: ResourceStrategy): Getter & Updater
}

/** A store of one resource over its parts. */
export function createResourceStore(parts: StoreParts): ResourceStore {
  return {
    ...createGetter(parts),
    ...createLister(parts),
    ...createWatcher(parts),
    ...createCreater(parts),
    ...createUpdater(parts),
    ...createDeleter(parts),
    ...createCollectionDeleter(parts),
    find: (key) => findObject(parts, key),
    read: (request) => listObjects(parts, request),
    follow: (follower) => followObjects(parts.cache(), follower),
    change(key, { dryRun }, decide) {
      const path = storageKey(parts.form, key)
      return guaranteedUpdate(parts, { key: path, dryRun }, (current) => decide(current, path))
    },
    newRecord(wanted) {
      const object = { ...wanted, metadata: { ...wanted.metadata } }
      fillSystemMetadata(parts, object.metadata)
      const { namespace = '', name = '' } = object.metadata
      return { key: storageKey(parts.form, { namespace, name }), value: storedBytes(parts.form, object) }
    },
    subresource(name, strategy) {
      const own = { ...parts, subresource: name, strategy }
      const updater = createUpdater(own)
      return {
        ...createGetter(own),
        // A subresource exists only together with its object, also of kinds that create on update.
        update: (context, request, options) => updater.update(context, { ...request, createAllowed: false }, options),
      }
    },
  }
}
