import {
  type FieldError,
  type FieldPathLike,
  forbiddenField,
  invalid,
  type JsonObject,
  notSupported,
  validateFieldManager,
} from '@fairlead/apimachinery'
import type { FieldValidation } from '../../negotiation/strict-problems.ts'
import { queryFlag } from '../../request/query-values.ts'

/** CreateOptions, UpdateOptions or PatchOptions of meta.k8s.io, checked. */
export interface WriteRequestOptions {
  readonly dryRun: boolean
  readonly fieldManager: string
  readonly fieldValidation: FieldValidation
}

export type WriteOptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions'

const defaults: WriteRequestOptions = { dryRun: false, fieldManager: '', fieldValidation: 'Warn' }

/** Reads and checks the options of a write from its query. Throws Invalid for values that are not allowed. */
export function parseWriteOptions(
  request: { readonly rawQuery: string; readonly query: URLSearchParams },
  kind: WriteOptionsKind,
): WriteRequestOptions {
  if (request.rawQuery === '') return defaults
  const { query } = request
  const dryRun = query.getAll('dryRun')
  const fieldManager = query.get('fieldManager') ?? ''
  const fieldValidation = query.get('fieldValidation') ?? ''
  const errors: FieldError[] = []
  if (kind === 'PatchOptions' && query.has('force')) {
    errors.push(forbiddenField('force', 'may not be specified for non-apply patch'))
  }
  errors.push(
    ...validateFieldManager(fieldManager, 'fieldManager'),
    ...validateDryRun(dryRun),
    ...validateFieldValidation(fieldValidation),
  )
  if (errors.length > 0) throw invalidOptions(kind, errors)
  return {
    dryRun: dryRun.length > 0,
    fieldManager,
    fieldValidation: isFieldValidation(fieldValidation) ? fieldValidation : 'Warn',
  }
}

/** The options as admission sees them: an object of meta.k8s.io. A write that may create has CreateOptions for that. */
export function optionsObject(
  kind: string,
  { dryRun, fieldManager, fieldValidation }: WriteRequestOptions,
): JsonObject {
  return {
    kind,
    apiVersion: 'meta.k8s.io/v1',
    ...(dryRun && { dryRun: ['All'] }),
    ...(fieldManager !== '' && { fieldManager }),
    fieldValidation,
  }
}

/** Only `All` is a dry run. */
export function validateDryRun(values: readonly string[], path: FieldPathLike = 'dryRun'): FieldError[] {
  return values.every((value) => value === 'All') ? [] : [notSupported(path, [...values], ['All'])]
}

/** Refuses options: Invalid, of a kind of meta.k8s.io and without a name. */
export function invalidOptions(kind: string, errors: readonly FieldError[]): Error {
  return invalid({ group: 'meta.k8s.io', kind }, '', errors)
}

/** Whether a boolean parameter that may be absent is there and true. */
export function optionalFlag(query: URLSearchParams, name: string): boolean | undefined {
  return query.has(name) ? queryFlag(query, name) : undefined
}

function validateFieldValidation(value: string): FieldError[] {
  if (value === '' || isFieldValidation(value)) return []
  return [notSupported('fieldValidation', value, ['', 'Ignore', 'Strict', 'Warn'])]
}

function isFieldValidation(value: string): value is FieldValidation {
  return value === 'Ignore' || value === 'Warn' || value === 'Strict'
}
