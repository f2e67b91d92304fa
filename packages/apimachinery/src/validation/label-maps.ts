import { type FieldError, type FieldPathLike, invalidValue, tooLong } from '../field/error.ts'
import { utf8Length } from '../text/utf8.ts'
import { isQualifiedName, isValidLabelValue } from './labels.ts'

/** How many bytes the keys and values of all annotations of an object may take together. */
export const maxAnnotationsBytes: number = 256 * 1024

/** Problems of a label key; they all point to `path`. */
export function validateLabelName(name: string, path: FieldPathLike): FieldError[] {
  return isQualifiedName(name).map((problem) => invalidValue(path, name, problem))
}

/** Problems of a map of labels. They point to the map, not to its entries. */
export function validateLabels(labels: Readonly<Record<string, string>>, path: FieldPathLike): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...validateLabelName(key, path),
    ...isValidLabelValue(value).map((problem) => invalidValue(path, value, problem)),
  ])
}

/** Problems of a map of annotations. Keys are checked without regard to case; values may be anything, within a size. */
export function validateAnnotations(annotations: Readonly<Record<string, string>>, path: FieldPathLike): FieldError[] {
  const errors: FieldError[] = []
  let size = 0
  for (const [key, value] of Object.entries(annotations)) {
    for (const problem of isQualifiedName(key.toLowerCase())) errors.push(invalidValue(path, key, problem))
    size += utf8Length(key) + utf8Length(value)
  }
  if (size > maxAnnotationsBytes) errors.push(tooLong(path, '', maxAnnotationsBytes))
  return errors
}
