import { type FieldError, forbiddenField, invalidValue, required } from '../field/error.ts'
import type { FieldPath } from '../field/path.ts'
import type { ObjectMeta } from '../meta/object.ts'
import { parseTimestamp } from '../time/timestamp.ts'
import { validateManagedFields } from './field-manager.ts'
import { validateFinalizers, validateNoNewFinalizers } from './finalizers.ts'
import { validateAnnotations, validateLabels } from './label-maps.ts'
import { nameIsDnsLabel, type NameValidator } from './names.ts'
import { validateOwnerReferences } from './owner-references.ts'
import { immutableText, negativeText } from './texts.ts'

/** What `validateObjectMeta` looks at. */
export interface ObjectMetaValidation {
  /** The metadata after a name was generated. */
  readonly meta: ObjectMeta
  readonly namespaced: boolean
  readonly validateName: NameValidator
  /** Where the metadata stands, usually `metadata`. */
  readonly path: FieldPath
}

/** Problems of an object's metadata on create, in the order in which API servers report them. */
export function validateObjectMeta({ meta, namespaced, validateName, path }: ObjectMetaValidation): FieldError[] {
  const errors: FieldError[] = []
  const generateName = meta.generateName ?? ''
  if (generateName !== '') {
    for (const problem of validateName(generateName, { prefix: true })) {
      errors.push(invalidValue(path.child('generateName'), generateName, problem))
    }
  }
  errors.push(...nameErrors(meta.name ?? '', validateName, path.child('name')))
  errors.push(...namespaceErrors(meta.namespace ?? '', namespaced, path.child('namespace')))
  const generation = meta.generation ?? 0
  if (generation < 0) errors.push(invalidValue(path.child('generation'), generation, negativeText))
  return [
    ...errors,
    ...validateLabels(meta.labels ?? {}, path.child('labels')),
    ...validateAnnotations(meta.annotations ?? {}, path.child('annotations')),
    ...validateOwnerReferences(meta.ownerReferences ?? [], path.child('ownerReferences')),
    ...validateFinalizers(meta.finalizers ?? [], path.child('finalizers')),
    ...validateManagedFields(meta['managedFields'], path.child('managedFields')),
  ]
}

/** What `validateObjectMetaUpdate` compares. */
export interface ObjectMetaUpdateValidation {
  readonly next: ObjectMeta
  readonly previous: ObjectMeta
  /** Where the metadata stands, usually `metadata`. */
  readonly path: FieldPath
}

/** Problems of an object's metadata on update, in the order in which API servers report them. */
export function validateObjectMetaUpdate({ next, previous, path }: ObjectMetaUpdateValidation): FieldError[] {
  const errors: FieldError[] = []
  if (previous.deletionTimestamp) {
    const finalizers = path.child('finalizers')
    errors.push(...validateNoNewFinalizers(next.finalizers ?? [], previous.finalizers ?? [], finalizers))
  }
  if (!next.resourceVersion) {
    errors.push(invalidValue(path.child('resourceVersion'), '', 'must be specified for an update'))
  }
  if ((next.generation ?? 0) < (previous.generation ?? 0)) {
    errors.push(invalidValue(path.child('generation'), next.generation ?? 0, 'must not be decremented'))
  }
  return [
    ...errors,
    ...immutableErrors(next, previous, path),
    ...validateLabels(next.labels ?? {}, path.child('labels')),
    ...validateAnnotations(next.annotations ?? {}, path.child('annotations')),
    ...validateOwnerReferences(next.ownerReferences ?? [], path.child('ownerReferences')),
    ...validateManagedFields(next['managedFields'], path.child('managedFields')),
  ]
}

function nameErrors(name: string, validateName: NameValidator, path: FieldPath): FieldError[] {
  if (name === '') return [required(path, 'name or generateName is required')]
  return validateName(name).map((problem) => invalidValue(path, name, problem))
}

function namespaceErrors(namespace: string, namespaced: boolean, path: FieldPath): FieldError[] {
  if (!namespaced) return namespace === '' ? [] : [forbiddenField(path, 'not allowed on this type')]
  if (namespace === '') return [required(path, '')]
  return nameIsDnsLabel(namespace).map((problem) => invalidValue(path, namespace, problem))
}

function immutableErrors(next: ObjectMeta, previous: ObjectMeta, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  for (const field of ['name', 'namespace', 'uid']) {
    const value = next[field] ?? ''
    if (value !== (previous[field] ?? '')) errors.push(invalidValue(path.child(field), value, immutableText))
  }
  for (const field of ['creationTimestamp', 'deletionTimestamp']) {
    if (!sameTime(next[field], previous[field])) {
      errors.push(invalidValue(path.child(field), next[field], immutableText))
    }
  }
  const grace = next.deletionGracePeriodSeconds ?? null
  if (grace !== (previous.deletionGracePeriodSeconds ?? null)) {
    errors.push(invalidValue(path.child('deletionGracePeriodSeconds'), grace, immutableText))
  }
  return errors
}

function sameTime(a: unknown, b: unknown): boolean {
  if ((a ?? null) === (b ?? null)) return true
  if (typeof a !== 'string' || typeof b !== 'string') return false
  const left = parseTimestamp(a)
  return left !== undefined && left === parseTimestamp(b)
}
