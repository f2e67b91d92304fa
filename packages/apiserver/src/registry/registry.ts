import { randomUUID } from 'node:crypto'
import type { Clock } from '@fairlead/apimachinery'
import type { ResourceDescription, ResourceVersion } from '@fairlead/openapi'
import type { Storage } from '@fairlead/storage'
import type { ServedResource } from '../endpoints/served-resource.ts'
import type { Companions } from './generic/companions.ts'
import { createResourceCaches } from './generic/resource-cache.ts'
import type { ResourceCaches } from './generic/resource-cache.ts'
import { createResourceStore } from './generic/resource-store.ts'
import type { ResourceStore } from './generic/resource-store.ts'
import { dropManagedFields } from './generic/store-parts.ts'
import type { FieldManagement } from './generic/store-parts.ts'
import { createStoredForm } from './generic/stored-form.ts'
import type { Action, RestResource } from './rest/capabilities.ts'
import type { WriteChecks } from './rest/write-check.ts'
import { createServiceCompanions, type ServiceRanges } from './services/service-companions.ts'
import { serveResource } from './serve-resource.ts'
import { podActions } from './subresources/pod-actions.ts'

/** What a registry is made of. */
export interface RegistryOptions {
  readonly storage: Storage
  readonly descriptions: readonly ResourceDescription[]
  readonly clock: Clock
  /**
   * Answers POST of kinds that are not stored, by `resource` or `resource/subresource` with the group in front outside
   * the core group: `authorization.k8s.io/subjectaccessreviews`, `serviceaccounts/token`. Those without an answer are
   * not served; bindings and evictions of pods are answered by the registry itself.
   */
  readonly reviewActions?: Readonly<Record<string, Action>>
  /**
   * What stands behind resources without storage, and behind subresources that lead elsewhere, by the same paths
   * (`example.com/widgets`, `example.com/widgets/console`).
   */
  readonly elsewhere?: Readonly<Record<string, RestResource>>
  /** What users may not write for reasons of the resource itself, such as granting more than they hold. */
  readonly writeChecks?: WriteChecks
  /** Where Services get their addresses and node ports from; without it they get none. */
  readonly services?: ServiceRanges
  /** Which versions are served; those that are on by default unless told. */
  readonly isServed?: (resource: ResourceDescription, version: ResourceVersion) => boolean
  /** Keeps managedFields; unless told, what clients send is dropped. */
  readonly manageFields?: FieldManagement
  /** Objects that a deletecollection deletes at a time; one unless told. */
  readonly deleteCollectionWorkers?: number
  /** Yields [0, 1); Math.random unless told. */
  readonly random?: () => number
  /** Random UUIDs unless told. */
  readonly newUid?: () => string
}

/** All resources of a server over one store. */
export interface Registry {
  /** Resources and subresources in all their served versions, in the order of the descriptions. */
  served(): readonly ServedResource[]
  /** `subresource` is empty for the resource itself. */
  find(group: string, version: string, resource: string, subresource: string): ServedResource | undefined
  /** The store behind a stored resource, served or not, for the server itself. */
  store(group: string, resource: string): ResourceStore | undefined
  close(): void
}

/** A registry over a store. Nothing is read from storage before somebody asks for it. */
export function createRegistry(options: RegistryOptions): Registry {
  const { descriptions, isServed = (_resource, version) => version.servedByDefault } = options
  const caches = createResourceCaches(options.storage, options.clock)
  const stores = new Map<string, ResourceStore>()
  const store = (group: string, resource: string): ResourceStore | undefined => stores.get(pathOf(group, resource))
  const serviceCompanions = (ranges: ServiceRanges): Companions =>
    createServiceCompanions({
      ranges,
      storage: options.storage,
      store,
      random: options.random ?? Math.random,
    })
  for (const description of descriptions) {
    const { group, resource } = description
    const isService = description.group === '' && description.resource === 'services'
    const companions = isService && options.services !== undefined ? serviceCompanions(options.services) : undefined
    const opened = openStore(options, description, { caches, companions })
    if (opened !== undefined) stores.set(pathOf(group, resource), opened)
  }
  const others: Readonly<Record<string, RestResource>> = {
    ...podActions(store, descriptions, options.clock),
    ...options.reviewActions,
    ...options.elsewhere,
  }
  const served = descriptions.flatMap((description) =>
    serveResource(description, {
      store: store(description.group, description.resource),
      elsewhere: (path) => (Object.hasOwn(others, path) ? others[path] : undefined),
      writeCheck: options.writeChecks?.[pathOf(description.group, description.resource)],
      isServed: (version) => isServed(description, version),
    }),
  )
  const byPath = new Map(served.map((entry) => [servedPath(entry), entry]))
  return {
    served: () => served,
    find: (group, version, resource, subresource) => byPath.get(servedPath({ group, version, resource, subresource })),
    store,
    close: caches.close,
  }
}

function openStore(
  options: RegistryOptions,
  description: ResourceDescription,
  { caches, companions }: { readonly caches: ResourceCaches; readonly companions: Companions | undefined },
): ResourceStore | undefined {
  const { group, resource, kind, namespaced, storage: kept, strategy } = description
  if (kept === undefined) return undefined
  const form = createStoredForm({
    prefix: kept.prefix,
    namespaced,
    apiVersion: kept.apiVersion,
    kind: kept.kind,
    selectableFields: (object) => strategy.selectableFields(object),
  })
  return createResourceStore({
    resource: { group, resource },
    kind: { group, kind },
    subresource: '',
    form,
    kept,
    strategy,
    resourceStrategy: strategy,
    storage: options.storage,
    cache: () => caches.open(form),
    clock: options.clock,
    random: options.random ?? Math.random,
    newUid: options.newUid ?? randomUUID,
    manageFields: options.manageFields ?? dropManagedFields,
    ...(companions !== undefined && { companions }),
    deleteCollectionWorkers: options.deleteCollectionWorkers ?? 1,
  })
}

function pathOf(group: string, resource: string): string {
  return group === '' ? resource : `${group}/${resource}`
}

function servedPath(entry: Pick<ServedResource, 'group' | 'version' | 'resource' | 'subresource'>): string {
  return `${entry.group}/${entry.version}/${entry.resource}/${entry.subresource}`
}
