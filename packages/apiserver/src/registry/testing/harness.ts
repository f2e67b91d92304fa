import {
  deepCopy,
  everyField,
  everything,
  parseFieldSelector,
  parseLabelSelector,
  StatusError,
} from '@fairlead/apimachinery'
import type { KubeObject } from '@fairlead/apimachinery'
import type { ResourceDescription } from '@fairlead/openapi'
import { createMemoryStorage } from '@fairlead/storage'
import type { Storage } from '@fairlead/storage'
import { createManualClock } from '@fairlead/storage/testing'
import type { ManualClock } from '@fairlead/storage/testing'
import type { RequestContext } from '../../request/request-context.ts'
import { parseRequestInfo } from '../../request/parse-request-info.ts'
import { testRequest } from '../../request/testing/request.ts'
import { createWarningRecorder } from '../../request/warning-headers.ts'
import type { ResourceStore } from '../generic/resource-store.ts'
import { createRegistry } from '../registry.ts'
import type { Registry, RegistryOptions } from '../registry.ts'
import type {
  AdmissionHooks,
  ListRequest,
  UpdateRequest,
  WatchEvent,
  WatchRequest,
  WriteOptions,
} from '../rest/capabilities.ts'
import { widgetDescription } from './widget.ts'

/** A registry of widgets over a memory store, at 2023-11-14T22:13:20Z. */
export interface RegistryHarness {
  readonly registry: Registry
  readonly storage: Storage
  readonly clock: ManualClock
  readonly widgets: ResourceStore
}

/** A fresh one; `description` replaces parts of the widget's description. */
export function createHarness(
  description: Partial<ResourceDescription> = {},
  options: Partial<RegistryOptions> & { readonly historyLimit?: number } = {},
): RegistryHarness {
  const clock = createManualClock()
  const { historyLimit, ...registryOptions } = options
  const storage = options.storage ?? createMemoryStorage({ clock, ...(historyLimit !== undefined && { historyLimit }) })
  const registry = createRegistry({
    storage,
    clock,
    descriptions: [widgetDescription(description)],
    random: () => 0,
    ...registryOptions,
  })
  const widgets = registry.store('example.com', 'widgets')
  if (widgets === undefined) throw new Error('widgets are stored')
  return { registry, storage, clock, widgets }
}

/** A request by `alice` about nothing in particular. */
export function testContext(): RequestContext {
  const request = testRequest({ target: '/apis/example.com/v1/namespaces/ns/widgets' })
  return {
    request,
    info: parseRequestInfo(request),
    auditId: 'audit',
    receivedAt: 0,
    warnings: createWarningRecorder(),
    user: { name: 'alice', groups: [] },
    signal: request.signal,
  }
}

/** Admission that lets everything pass. */
export function admitAll(): AdmissionHooks {
  return { mutate: async () => undefined, validate: async () => undefined }
}

/** Options of a plain write. */
export function write(changes: Partial<WriteOptions> = {}): WriteOptions {
  return { dryRun: false, admit: admitAll(), ...changes }
}

/** Creates in namespace `ns`. */
export async function create(store: ResourceStore, object: KubeObject): Promise<KubeObject> {
  const created = await store.create(testContext(), deepCopy(object) as KubeObject, { ...write(), namespace: 'ns' })
  return created.object()
}

/** A PUT to namespace `ns`. */
export function put(name: string, object: KubeObject, createAllowed = false): UpdateRequest {
  const desired = async (): Promise<KubeObject> => deepCopy(object) as KubeObject
  return { key: { namespace: 'ns', name }, desired, createAllowed, retryOnConflict: false }
}

/** A PATCH in namespace `ns`: `change` works on a copy of the current object. */
export function patch(name: string, change: (object: KubeObject) => void): UpdateRequest {
  return {
    key: { namespace: 'ns', name },
    createAllowed: false,
    retryOnConflict: true,
    desired: async (current) => {
      if (current === undefined) throw new Error('patched without an object')
      const next = deepCopy(current.object()) as KubeObject
      change(next)
      return next
    },
  }
}

/** A list of namespace `ns`. */
export function listOf(
  changes: Partial<Omit<ListRequest, 'labelSelector' | 'fieldSelector'>> & { labels?: string; fields?: string } = {},
): ListRequest {
  const { labels, fields, ...rest } = changes
  return {
    namespace: 'ns',
    labelSelector: labels === undefined ? everything() : parseLabelSelector(labels),
    fieldSelector: fields === undefined ? everyField() : parseFieldSelector(fields),
    limit: 0,
    continue: '',
    resourceVersion: '',
    resourceVersionMatch: '',
    ...rest,
  }
}

/** A watch of namespace `ns` and what came of it, as short texts: `ADDED a@3`. */
export interface RecordedWatch {
  readonly events: WatchEvent[]
  readonly texts: () => string[]
  ended: boolean
  close(): void
}

/** Starts a watch. */
export async function record(
  store: ResourceStore,
  changes: Partial<Omit<WatchRequest, 'labelSelector' | 'fieldSelector'>> & { labels?: string; fields?: string } = {},
): Promise<RecordedWatch> {
  const { limit: _limit, continue: _continue, ...selection } = listOf()
  const { labels, fields, ...rest } = changes
  const { labelSelector, fieldSelector } = listOf({ ...(labels && { labels }), ...(fields && { fields }) })
  const recorded: RecordedWatch = {
    events: [],
    texts: () => recorded.events.map(describeEvent),
    ended: false,
    close: () => session.close(),
  }
  const session = await store.watch(
    testContext(),
    { ...selection, labelSelector, fieldSelector, allowWatchBookmarks: false, ...rest },
    {
      onEvents: (events) => recorded.events.push(...events),
      onEnd: () => {
        recorded.ended = true
      },
    },
  )
  return recorded
}

/** `ADDED a@3`, `BOOKMARK @7 end`, `ERROR 410 text`. */
export function describeEvent(event: WatchEvent): string {
  if (event.type === 'BOOKMARK') return `BOOKMARK @${event.revision}${event.initialEventsEnd ? ' end' : ''}`
  if (event.type === 'ERROR') return `ERROR ${StatusError.from(event.error).code} ${event.error.message}`
  const { name, resourceVersion } = event.object.object().metadata
  return `${event.type} ${name}@${resourceVersion}`
}

/** The failure of a call. */
export async function failureOf(call: Promise<unknown>): Promise<StatusError> {
  try {
    await call
  } catch (error) {
    if (StatusError.is(error)) return error
    throw error
  }
  throw new Error('the call did not fail')
}
