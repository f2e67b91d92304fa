import type { GroupVersionResource, JsonValue, Status } from '@fairlead/apimachinery'
import type { List, ObjectLike, PartialObjectMetadata } from '../object-types.ts'
import { labelSelectorText, type Query } from '../request/query.ts'
import type { ApiCall, Requester } from '../request/requester.ts'
import type { ReflectorTimes } from '../watch/reflect.ts'
import { watchChanges } from '../watch/watch-changes.ts'
import { openWatch } from '../watch/open-watch.ts'
import { listPages } from './list-pages.ts'
import {
  type ApplyOptions,
  type DeleteOptions,
  type ListOptions,
  type PatchOptions,
  patchContentTypes,
  type SelectionOptions,
  type WriteOptions,
} from './options.ts'
import type { ResourceClient, ResourceReader, SubresourceClient } from './resource-client.ts'
import { resourcePath } from './resource-path.ts'
import { withItemKinds } from './list-items.ts'

/** What every resource client of one client shares. */
export interface ResourceClientParts {
  readonly requester: Requester
  readonly times: ReflectorTimes
}

interface Target {
  readonly resource: GroupVersionResource
  readonly namespace: string
}

/** The media types of a reader. */
interface Accepts {
  readonly object: string
  readonly list: string
}

const whole: Accepts = { object: 'application/json', list: 'application/json' }
const partial: Accepts = {
  object: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  list: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
}

/** Access to `target`, in all namespaces when it names none. */
export function createResourceClient<T extends ObjectLike>(
  parts: ResourceClientParts,
  target: Target,
): ResourceClient<T> {
  const { requester } = parts
  const { resource } = target
  const writes = createWrites<T>(requester, target)
  return {
    ...createReader<T>(parts, target, whole),
    namespace: (namespace) => createResourceClient(parts, { resource, namespace }),
    metadataOnly: () => createReader<PartialObjectMetadata>(parts, target, partial),
    subresource: (name) => createSubresource(requester, target, name),
    create: (object, options) => requester.json(write('POST', pathFor(target, object), object, options)),
    update: (object, options) => writes.put(object, options),
    patch: (name, patch, options) => writes.patch(name, patch, options),
    apply: (object, options) => writes.apply(object, options),
    delete: (name, options = {}) =>
      requester.json<T | Status>({
        method: 'DELETE',
        path: resourcePath(resource, { namespace: target.namespace, name }),
        ...deletion(options),
      }),
    async deleteCollection(options: DeleteOptions & SelectionOptions = {}) {
      const call = deletion(options)
      const path = resourcePath(resource, { namespace: target.namespace })
      return withItemKinds(
        await requester.json<List<T> | Status>({ ...call, method: 'DELETE', path, query: selection(options) }),
      )
    },
  }
}

function createReader<T extends ObjectLike>(
  parts: ResourceClientParts,
  { resource, namespace }: Target,
  accepts: Accepts,
): ResourceReader<T> {
  const { requester, times } = parts
  const path = resourcePath(resource, { namespace })
  const reader: ResourceReader<T> = {
    resource,
    get: (name, { signal, resourceVersion } = {}) =>
      requester.json<T>({
        path: resourcePath(resource, { namespace, name }),
        query: { resourceVersion },
        accept: accepts.object,
        ...signalled(signal),
      }),
    list: async (options = {}) =>
      withItemKinds(
        await requester.json<List<T>>({
          path,
          query: listQuery(options),
          accept: accepts.list,
          ...signalled(options.signal),
        }),
      ),
    pages: (options) => listPages(reader.list, options),
    watch: (options = {}) => watchChanges<T>({ source: reader, times, ...options }),
    watchOnce: (options = {}) => {
      const { resourceVersion, resourceVersionMatch, sendInitialEvents, allowWatchBookmarks, timeoutSeconds } = options
      const query = { resourceVersion, resourceVersionMatch, sendInitialEvents, allowWatchBookmarks, timeoutSeconds }
      return openWatch<T>(requester, {
        path,
        query: { ...selection(options), watch: true, ...query },
        accept: accepts.object,
        ...signalled(options.signal),
      })
    },
  }
  return reader
}

function createSubresource<S extends ObjectLike, T>(
  requester: Requester,
  target: Target,
  subresource: string,
): SubresourceClient<S, T> {
  const { resource, namespace } = target
  const at = (name: string): string => resourcePath(resource, { namespace, name, subresource })
  const writes = createWrites<S>(requester, target, subresource)
  return {
    get: (name, { signal, resourceVersion } = {}) =>
      requester.json<S>({ path: at(name), query: { resourceVersion }, ...signalled(signal) }),
    create: (name, body, options) => requester.json<S>(write('POST', at(name), body, options)),
    update: (object, options) => writes.put(object, options),
    patch: (name, patch, options) => writes.patch(name, patch, options),
    apply: (object, options) => writes.apply(object, options) as Promise<unknown> as Promise<T>,
  }
}

interface Writes<T> {
  put(object: T, options: WriteOptions | undefined): Promise<T>
  patch(name: string, patch: JsonValue | object, options: PatchOptions): Promise<T>
  apply(object: T, options: ApplyOptions): Promise<T>
}

function createWrites<T extends ObjectLike>(requester: Requester, target: Target, subresource?: string): Writes<T> {
  const { resource } = target
  const part = subresource === undefined ? {} : { subresource }
  const sendPatch = (path: string, body: unknown, { type, force, ...options }: PatchOptions): Promise<T> => {
    const call = write('PATCH', path, body, options)
    return requester.json<T>({ ...call, contentType: patchContentTypes[type], query: { ...call.query, force } })
  }
  return {
    put: (object, options) =>
      requester.json<T>(write('PUT', pathFor(target, object, nameOf(object), part), object, options)),
    patch: (name, patch, options) =>
      sendPatch(resourcePath(resource, { namespace: target.namespace, name, ...part }), patch, options),
    apply: (object, options) =>
      sendPatch(pathFor(target, object, nameOf(object), part), object, { type: 'apply', ...options }),
  }
}

function pathFor(target: Target, object: ObjectLike, name?: string, part: { subresource?: string } = {}): string {
  const namespace = target.namespace || (object.metadata?.namespace ?? '')
  return resourcePath(target.resource, { namespace, ...(name === undefined ? {} : { name }), ...part })
}

function nameOf(object: ObjectLike): string {
  return object.metadata?.name ?? ''
}

function write(method: string, path: string, body: unknown, options: WriteOptions = {}): ApiCall {
  const { dryRun, fieldManager, fieldValidation } = options
  return {
    method,
    path,
    body,
    query: { dryRun: dryRun === true ? 'All' : undefined, fieldManager, fieldValidation },
    ...signalled(options.signal),
  }
}

function deletion(options: DeleteOptions): Pick<ApiCall, 'body' | 'signal'> {
  const { dryRun, gracePeriodSeconds, propagationPolicy, preconditions } = options
  return {
    body: {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      gracePeriodSeconds,
      propagationPolicy,
      preconditions,
      dryRun: dryRun === true ? ['All'] : undefined,
    },
    ...signalled(options.signal),
  }
}

function selection({ labelSelector, fieldSelector }: SelectionOptions): Query {
  return { labelSelector: labelSelectorText(labelSelector), fieldSelector: fieldSelector || undefined }
}

function listQuery(options: ListOptions): Query {
  const { limit, resourceVersion, resourceVersionMatch, timeoutSeconds } = options
  return {
    ...selection(options),
    limit,
    continue: options.continue,
    resourceVersion,
    resourceVersionMatch,
    timeoutSeconds,
  }
}

function signalled(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
