import { deepCopy, isJsonObject, setOwn } from '../../json/objects.ts'
import type { JsonObject, JsonValue } from '../../meta/object.ts'
import type { PatchSchema } from '../patch-schema.ts'
import {
  applyMapDirective,
  applyRetainKeys,
  deletedFromList,
  isPrimitiveDeletion,
  takeFromPatch,
} from './directives.ts'
import { applyElementOrders } from './element-order.ts'
import { goTypeName } from './errors.ts'
import { mergeLists } from './lists.ts'
import { rulesOf } from './schema.ts'

/**
 * Applies a strategic merge patch and leaves both arguments as they are. Throws the StatusErrors of the reference server:
 * BadRequest for malformed directives, the 422 that does not tell why for lists of lists, and plain errors for the rest,
 * such as items without their merge key.
 */
export function applyStrategicMergePatch(original: JsonObject, patch: JsonObject, schema: PatchSchema): JsonObject {
  return consumeStrategicMergePatch(deepCopy(original), deepCopy(patch), schema)
}

/**
 * The same, with parts of both arguments used for the result. What then is left of the patch is what the reference server
 * prints where the result does not decode.
 */
export function consumeStrategicMergePatch(
  original: JsonObject,
  patch: JsonObject,
  schema: PatchSchema | undefined,
): JsonObject {
  const replacement = applyMapDirective(patch)
  if (replacement !== undefined) return replacement
  applyRetainKeys(original, patch)
  applyElementOrders({ original, patch, schema, mergeMaps: consumeStrategicMergePatch })
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === undefined) continue
    if (isPrimitiveDeletion(key)) deleteFromList(original, deletedFromList(key), value, schema)
    else mergeField(original, key, value, schema)
  }
  return original
}

function mergeField(original: JsonObject, key: string, value: JsonValue, schema: PatchSchema | undefined): void {
  if (value === null) {
    delete original[key]
    return
  }
  const current = Object.hasOwn(original, key) ? original[key] : undefined
  if (Array.isArray(current) && Array.isArray(value))
    mergeListField(original, key, { current, value, schema, deleting: false })
  else if (isJsonObject(current) && isJsonObject(value)) {
    const rules = rulesOf(schema, key)
    setOwn(
      original,
      key,
      rules.strategy === 'replace' ? value : consumeStrategicMergePatch(current, value, rules.schema),
    )
  } else takeFromPatch(original, key, value)
}

/**
 * Removes scalars from a list. The reference server merges whatever else it finds under this directive, as long as the
 * object has a value of the same type.
 */
function deleteFromList(original: JsonObject, key: string, value: JsonValue, schema: PatchSchema | undefined): void {
  const current = Object.hasOwn(original, key) ? original[key] : undefined
  if (Array.isArray(current) && Array.isArray(value)) {
    mergeListField(original, key, { current, value, schema, deleting: true })
  } else if (value === null || goTypeName(current) === goTypeName(value)) mergeField(original, key, value, schema)
}

interface ListField {
  readonly current: JsonValue[]
  readonly value: JsonValue[]
  readonly schema: PatchSchema | undefined
  readonly deleting: boolean
}

function mergeListField(original: JsonObject, key: string, { current, value, schema, deleting }: ListField): void {
  const rules = rulesOf(schema, key)
  const mergeMaps = consumeStrategicMergePatch
  setOwn(original, key, mergeLists({ original: current, patch: value, rules, deleting, mergeMaps }))
}
