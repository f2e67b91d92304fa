import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  notFoundValue,
  notSupported,
  required,
} from '@fairlead/apimachinery'

/** Collects what is wrong with an object. Paths are texts such as `spec.items[0].name`. */
export interface FieldErrors {
  required(path: string, detail?: string): void
  invalid(path: string, value: unknown, detail: string): void
  notSupported(path: string, value: unknown, supported: readonly string[]): void
  duplicate(path: string, value: unknown): void
  forbidden(path: string, detail: string): void
  notFound(path: string, value: unknown): void
}

/** Runs a validation and gives what it found, in its order. */
export function collectFieldErrors(validate: (errors: FieldErrors) => void): readonly FieldError[] {
  const found: FieldError[] = []
  validate({
    required: (path, detail = '') => found.push(required(path, detail)),
    invalid: (path, value, detail) => found.push(invalidValue(path, value, detail)),
    notSupported: (path, value, supported) => found.push(notSupported(path, value, supported)),
    duplicate: (path, value) => found.push(duplicate(path, value)),
    forbidden: (path, detail) => found.push(forbiddenField(path, detail)),
    notFound: (path, value) => found.push(notFoundValue(path, value)),
  })
  return found
}
