import { formatGroupVersion, type JsonObject } from '@fairlead/apimachinery'
import type { StoredObject } from '../../registry/rest/stored-object.ts'
import type { ServedResource } from '../served-resource.ts'

const openBrace = 0x7b
const quoteMark = 0x22

/**
 * The items of a list as the bytes they are stored in, without parsing them: built-in kinds lose the constant kind and
 * apiVersion in front, other kinds keep them. Undefined when stored bytes are not in the version of the request.
 */
export function rawListItems(
  resource: ServedResource,
  items: readonly StoredObject[],
): (() => Iterable<Uint8Array>) | undefined {
  if (!resource.isStorageVersion) return undefined
  if (resource.listItemsCarryKind === true) {
    return function* () {
      for (const item of items) yield item.bytes
    }
  }
  const { kind } = resource
  const prefix = `{"kind":${JSON.stringify(kind.kind)},"apiVersion":${JSON.stringify(formatGroupVersion(kind))},`
  const cut = Buffer.byteLength(prefix) - 1
  return function* () {
    for (const { bytes } of items) yield withoutPrefix(bytes, cut)
  }
}

/** The items as objects in the version of the request. */
export function* listItems(resource: ServedResource, items: readonly StoredObject[]): Iterable<JsonObject> {
  for (const item of items) {
    const object = resource.fromStorage(item.object())
    if (resource.listItemsCarryKind === true) {
      yield object
    } else {
      const { kind: _kind, apiVersion: _apiVersion, ...rest } = object
      yield rest
    }
  }
}

/** A copy whose first byte, the comma that ended the prefix, is the brace that opens the object. */
function withoutPrefix(bytes: Uint8Array, cut: number): Uint8Array {
  const item = Buffer.from(bytes.subarray(cut))
  if (item[1] !== quoteMark) throw new Error('stored bytes do not begin with the kind and apiVersion of their resource')
  item[0] = openBrace
  return item
}
