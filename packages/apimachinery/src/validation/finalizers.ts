import { type FieldError, forbiddenField, invalidValue } from '../field/error.ts'
import type { FieldPath } from '../field/path.ts'
import { quote } from '../text/quote.ts'
import { isQualifiedName } from './labels.ts'

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion']

/** Problems of finalizers, as every kind has them: qualified names, and not both of the garbage collector's. */
export function validateFinalizers(finalizers: readonly string[], path: FieldPath): FieldError[] {
  const errors = finalizers.flatMap((name) => isQualifiedName(name).map((problem) => invalidValue(path, name, problem)))
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const detail = 'finalizer orphan and foregroundDeletion cannot be both set'
    errors.push(invalidValue(path, finalizers, detail))
  }
  return errors
}

/** What built-in kinds ask of finalizers in addition: a name without a prefix must be one that Kubernetes knows. */
export function validateKubeFinalizers(finalizers: readonly string[], path: FieldPath): FieldError[] {
  return finalizers.flatMap((name, i) => {
    if (name.includes('/') || standardFinalizers.includes(name)) return []
    const detail = 'name is neither a standard finalizer name nor is it fully qualified'
    return [invalidValue(path.index(i), name, detail)]
  })
}

/** An object that is being deleted takes no new finalizers. */
export function validateNoNewFinalizers(
  next: readonly string[],
  previous: readonly string[],
  path: FieldPath,
): FieldError[] {
  const known = new Set(previous)
  const added = [...new Set(next)].filter((name) => !known.has(name)).sort()
  if (added.length === 0) return []
  const list = `[]string{${added.map(quote).join(', ')}}`
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`
  return [forbiddenField(path, detail)]
}
