import { formatGroupVersion } from '@fairlead/apimachinery'
import type { ResourceDescription, ResourceVersion, SubresourceDescription } from '@fairlead/openapi'
import type { ServedResource } from '../endpoints/served-resource.ts'
import type { ResourceStore } from './generic/resource-store.ts'
import type { RestResource } from './rest/capabilities.ts'
import { type WriteCheck, withWriteCheck } from './rest/write-check.ts'
import { createScale } from './subresources/scale.ts'

/** What stands behind the resources that are served. */
export interface ServingParts {
  readonly store: ResourceStore | undefined
  /** What stands behind a resource or subresource that is not stored: `pods/binding`, `authorization.k8s.io/…`. */
  elsewhere(path: string): RestResource | undefined
  /** Stands before creates and updates of the resource itself. */
  readonly writeCheck: WriteCheck | undefined
  isServed(version: ResourceVersion): boolean
}

/** A resource and its subresources in every served version. What nothing stands behind is not served. */
export function serveResource(description: ResourceDescription, parts: ServingParts): readonly ServedResource[] {
  return description.versions
    .filter((version) => parts.isServed(version))
    .flatMap((version) => {
      const main = serveMain(description, version, parts)
      if (main === undefined) return []
      const subresources = description.subresources
        .filter(({ versions }) => versions === undefined || versions.includes(version.version))
        .flatMap((subresource) => serveSubresource(main, subresource, parts) ?? [])
      return [main, ...subresources]
    })
}

function serveMain(
  description: ResourceDescription,
  version: ResourceVersion,
  { store, elsewhere, writeCheck }: ServingParts,
): ServedResource | undefined {
  const { group, resource, storage } = description
  const rest = store === undefined ? elsewhere(pathOf(description)) : capabilities(store, description, writeCheck)
  if (rest === undefined) return undefined
  return {
    group,
    version: version.version,
    resource,
    subresource: '',
    namespaced: description.namespaced,
    kind: version.kind,
    listKind: description.listKind,
    verbs: description.verbs,
    isStorageVersion: storage?.apiVersion === formatGroupVersion({ group, version: version.version }),
    toStorage: version.toStorage,
    fromStorage: version.fromStorage,
    ...(version.validateCreate !== undefined && { validateCreate: version.validateCreate }),
    ...(version.validate !== undefined && { validate: version.validate }),
    fieldLabel: version.fieldLabel,
    ...(description.columns !== undefined && { columns: description.columns }),
    returnsDeletedObject: description.strategy.returnsDeletedObject,
    description,
    ...(version.deprecation !== undefined && { deprecation: version.deprecation }),
    rest,
  }
}

function serveSubresource(
  main: ServedResource,
  subresource: SubresourceDescription,
  parts: ServingParts,
): ServedResource | undefined {
  const { name, type, verbs, kindDescription } = subresource
  const rest = subresourceRest(main, subresource, parts)
  if (rest === undefined) return undefined
  const { validateCreate: _validateCreate, validate: _validate, ...shared } = main
  const own = { ...shared, subresource: name, verbs, subresourceDescription: subresource, rest }
  if (type.of === 'object') return own
  // Scales, bindings and the like are no form of the stored object: they go out as they come in.
  const { columns: _columns, deprecation: _deprecation, ...other } = own
  return {
    ...other,
    kind: kindDescription ?? main.kind,
    isStorageVersion: true,
    toStorage: (object) => object,
    fromStorage: (object) => object,
  }
}

function subresourceRest(
  { description }: ServedResource,
  { name, type }: SubresourceDescription,
  { store, elsewhere }: ServingParts,
): RestResource | undefined {
  if (type.of === 'action') return elsewhere(`${pathOf(description)}/${name}`)
  if (type.of === 'connect') return elsewhere(`${pathOf(description)}/${name}`) ?? {}
  if (store === undefined) return undefined
  if (type.of === 'object') return store.subresource(name, type.strategy)
  const { group, resource } = description
  const parent = store.subresource(name, description.strategy)
  return createScale({ resource: { group, resource }, mapping: type.scale, parent })
}

/** What the verbs of the resource need of its store, and no more. */
function capabilities(
  store: ResourceStore,
  { verbs }: ResourceDescription,
  writeCheck: WriteCheck | undefined,
): RestResource {
  const has = new Set<string>(verbs)
  const { create, update } = writeCheck === undefined ? store : withWriteCheck(store, writeCheck)
  return {
    ...(has.has('get') && { get: store.get }),
    ...(has.has('list') && { list: store.list }),
    ...(has.has('watch') && { watch: store.watch }),
    ...(has.has('create') && { create }),
    ...((has.has('update') || has.has('patch')) && { update }),
    ...(has.has('delete') && { delete: store.delete }),
    ...(has.has('deletecollection') && { deleteCollection: store.deleteCollection }),
  }
}

function pathOf({ group, resource }: ResourceDescription): string {
  return group === '' ? resource : `${group}/${resource}`
}
