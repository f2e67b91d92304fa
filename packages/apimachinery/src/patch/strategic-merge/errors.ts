import { rejectedRequest } from '../../errors/generic-response.ts'
import { badRequest, plainError } from '../../errors/reasons.ts'
import type { StatusError } from '../../errors/status-error.ts'
import type { JsonObject, JsonValue } from '../../meta/object.ts'
import { formatGoValue } from '../../text/go-value.ts'

/** 400: `$deleteFromPrimitiveList` without the name of a list. */
export function badPrimitiveList(): StatusError {
  return badRequest('invalid patch format of primitive list')
}

/** 400: `$retainKeys` is no list, or lacks a key of the patch. */
export function badRetainKeys(): StatusError {
  return badRequest('invalid patch format of retainKeys')
}

/** 400: `$setElementOrder` without the name of a list. */
export function badElementOrder(): StatusError {
  return badRequest('invalid patch format of setElementOrder list')
}

/** 422 that does not tell why: a list whose items are lists. */
export function listOfLists(): StatusError {
  return rejectedRequest()
}

/** 500: an item of a list lacks the field that identifies it. */
export function noMergeKey(item: JsonObject, mergeKey: string): StatusError {
  return plainError(`map: ${formatGoValue(item)} does not contain declared merge key: ${mergeKey}`)
}

/** 500: a value of another type than the patch needs; types as Go names them. */
export function badType(
  expected: 'map[string]interface {}' | '[]interface {}',
  actual: JsonValue | undefined,
): StatusError {
  return plainError(`expected a ${expected}, but received a ${goTypeName(actual)}`)
}

/** 500: a `$patch` directive that does not exist, or not in this place. */
export function badDirective(directive: JsonValue | undefined, map: JsonObject): StatusError {
  const text =
    typeof directive === 'string'
      ? directive
      : `%!s(${directive === null ? '' : `${goTypeName(directive)}=`}${formatGoValue(directive)})`
  return plainError(`unknown patch type: ${text} in map: ${formatGoValue(map)}`)
}

/** The Go type that a JSON value is decoded to. */
export function goTypeName(value: JsonValue | undefined): string {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int64'
    case 'number':
      return Number.isInteger(value) ? 'int64' : 'float64'
    default:
      if (value === null || value === undefined) return '%!s(<nil>)'
      return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
  }
}
