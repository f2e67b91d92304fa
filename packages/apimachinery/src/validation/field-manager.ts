import { type FieldError, type FieldPathLike, invalidValue, tooLong } from '../field/error.ts'
import type { FieldPath } from '../field/path.ts'
import type { JsonValue } from '../meta/object.ts'
import { isPrintable } from '../text/quote.ts'
import { utf8Length } from '../text/utf8.ts'

const maxManagerBytes = 128
const maxSubresourceBytes = 256

/** Problems of a field manager's name: at most 128 bytes, all printable. Each unprintable character is one problem. */
export function validateFieldManager(manager: string, path: FieldPathLike): FieldError[] {
  const errors: FieldError[] = []
  if (utf8Length(manager) > maxManagerBytes) errors.push(tooLong(path, manager, maxManagerBytes))
  let position = 0
  for (const character of manager) {
    if (!isPrintable(character)) {
      const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
      errors.push(invalidValue(path, manager, `invalid character ${code} (at position ${position})`))
    }
    position += utf8Length(character)
  }
  return errors
}

/** Problems of the entries of metadata.managedFields that show without reading the field sets. */
export function validateManagedFields(entries: JsonValue | undefined, path: FieldPath): FieldError[] {
  return Array.isArray(entries) ? entries.flatMap((entry, i) => validateEntry(entry, path.index(i))) : []
}

function validateEntry(entry: JsonValue, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  const operation = member(entry, 'operation')
  if (operation !== 'Apply' && operation !== 'Update') {
    errors.push(invalidValue(path.child('operation'), operation, 'must be `Apply` or `Update`'))
  }
  const fieldsType = member(entry, 'fieldsType')
  if (fieldsType !== '' && fieldsType !== 'FieldsV1') {
    errors.push(invalidValue(path.child('fieldsType'), fieldsType, 'must be `FieldsV1`'))
  }
  errors.push(...validateFieldManager(member(entry, 'manager'), path.child('manager')))
  const subresource = member(entry, 'subresource')
  if (utf8Length(subresource) > maxSubresourceBytes) {
    errors.push(tooLong(path.child('subresource'), subresource, maxSubresourceBytes))
  }
  return errors
}

function member(entry: JsonValue, name: string): string {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return ''
  const value = entry[name]
  return typeof value === 'string' ? value : ''
}
