import { encodeJsonBytes } from '@fairlead/apimachinery'
import type { JsonObject, KubeObject, ObjectMeta } from '@fairlead/apimachinery'

/** How the objects of one resource are kept: their keys and the constant beginning of their bytes. */
export interface StoredForm {
  /** All keys of the resource start with it; ends with a slash: `/registry/pods/`. */
  readonly root: string
  readonly namespaced: boolean
  readonly apiVersion: string
  readonly kind: string
  /** Where in the bytes the first key of the metadata stands. */
  readonly metadataOffset: number
  /** Values for field selectors beyond name and namespace. */
  selectableFields(object: KubeObject): Readonly<Record<string, string>>
}

/** The form of a resource that keeps its objects below `prefix`, which has no slashes at its ends. */
export function createStoredForm(options: {
  readonly prefix: string
  readonly namespaced: boolean
  readonly apiVersion: string
  readonly kind: string
  readonly selectableFields: (object: KubeObject) => Readonly<Record<string, string>>
}): StoredForm {
  const { prefix, namespaced, apiVersion, kind, selectableFields } = options
  const beginning = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":{`
  const metadataOffset = Buffer.byteLength(beginning)
  return { root: `/registry/${prefix}/`, namespaced, apiVersion, kind, metadataOffset, selectableFields }
}

/** The canonical bytes that storage keeps: kind, apiVersion, metadata without its resourceVersion, then the rest. */
export function storedBytes(form: StoredForm, object: KubeObject): Uint8Array {
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = object
  return encodeJsonBytes({
    kind: form.kind,
    apiVersion: form.apiVersion,
    metadata: canonicalMetadata(metadata),
    ...rest,
  })
}

/** The metadata with its resourceVersion left out, known fields first in their usual order, and nothing empty. */
export function canonicalMetadata(metadata: ObjectMeta): JsonObject {
  const canonical: JsonObject = {}
  for (const name of leadingFields) {
    const value = metadata[name]
    if (isEmpty(value) || (name === 'generation' && value === 0)) continue
    canonical[name] = maps.has(name) ? sortedByKey(value as JsonObject) : value
  }
  for (const name of Object.keys(metadata)) {
    if (!known.has(name) && !isEmpty(metadata[name])) canonical[name] = metadata[name]
  }
  return canonical
}

const leadingFields: readonly string[] = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
]
const known: ReadonlySet<string> = new Set([...leadingFields, 'resourceVersion', 'selfLink'])
const maps: ReadonlySet<string> = new Set(['labels', 'annotations'])

function isEmpty(value: JsonObject[string]): boolean {
  if (value === undefined || value === null || value === '') return true
  if (typeof value !== 'object') return false
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0
}

function sortedByKey(map: JsonObject): JsonObject {
  const keys = Object.keys(map)
  if (keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key)) return map
  return Object.fromEntries(keys.sort().map((key) => [key, map[key]]))
}
