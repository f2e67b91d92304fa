import { type FieldError, invalidValue } from '../field/error.ts'
import type { FieldPath } from '../field/path.ts'
import { parseGroupVersion } from '../meta/group-version.ts'
import type { JsonObject, ObjectMeta, OwnerReference } from '../meta/object.ts'

/** Problems of ownerReferences. They point to the list and its members' fields, without saying which item. */
export function validateOwnerReferences(references: readonly OwnerReference[], path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  let controller = ''
  for (const reference of references) {
    errors.push(...validateOwnerReference(reference, path))
    if (reference['controller'] !== true) continue
    const name = `${reference.kind}/${reference.name}`
    if (controller === '') controller = name
    else {
      const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`
      errors.push(invalidValue(path, references.map(wireForm), detail))
    }
  }
  return errors
}

/**
 * Removes ownerReferences that repeat an earlier one in every field, and returns their UIDs, one for each
 * removed. `meta` is changed in place.
 */
export function deduplicateOwnerReferences(meta: ObjectMeta): string[] {
  const references = meta.ownerReferences
  if (!Array.isArray(references) || references.length < 2) return []
  const seen = new Set<string>()
  const duplicates: string[] = []
  const kept = references.filter((reference) => {
    const identity = JSON.stringify(wireForm(reference))
    if (!seen.has(identity)) {
      seen.add(identity)
      return true
    }
    duplicates.push(reference.uid ?? '')
    return false
  })
  if (duplicates.length > 0) meta.ownerReferences = kept
  return duplicates
}

function validateOwnerReference(reference: OwnerReference, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  const { apiVersion = '', kind = '', name = '', uid = '' } = reference as Partial<OwnerReference>
  const { group, version } = parseGroupVersion(apiVersion) ?? { group: '', version: '' }
  if (version === '') errors.push(invalidValue(path.child('apiVersion'), apiVersion, 'version must not be empty'))
  for (const [field, value] of Object.entries({ kind, name, uid })) {
    if (value === '') errors.push(invalidValue(path.child(field), value, 'must not be empty'))
  }
  if (group === '' && version === 'v1' && kind === 'Event') {
    errors.push(invalidValue(path, wireForm(reference), '/v1, Kind=Event is disallowed from being an owner'))
  }
  return errors
}

/** The reference with its members in the order of the type, for messages and for comparison. */
function wireForm(reference: OwnerReference): JsonObject {
  const { apiVersion = '', kind = '', name = '', uid = '' } = reference as Partial<OwnerReference>
  const form: JsonObject = { apiVersion, kind, name, uid }
  for (const flag of ['controller', 'blockOwnerDeletion']) {
    const value = reference[flag]
    if (value !== undefined && value !== null) form[flag] = value
  }
  return form
}
