import { isJsonObject, type Status } from '@fairlead/apimachinery'
import type { List, ObjectLike } from '../object-types.ts'

/**
 * Gives items the `kind` and `apiVersion` that servers leave out of typed lists. Their order of members becomes that of a
 * single object. Servers in Go write an empty list as null.
 */
export function withItemKinds<Body extends List<ObjectLike> | Status>(body: Body): Body {
  const { kind, apiVersion } = body
  if (!kind.endsWith('List')) return body
  const items = (body as { items?: unknown }).items ?? []
  if (!Array.isArray(items)) return body
  const itemKind = kind.slice(0, -'List'.length)
  for (let index = 0; index < items.length; index++) {
    const item: unknown = items[index]
    if (!isJsonObject(item) || (item['kind'] !== undefined && item['apiVersion'] !== undefined)) continue
    items[index] = { kind: itemKind, apiVersion, ...item }
  }
  return { ...body, items }
}
