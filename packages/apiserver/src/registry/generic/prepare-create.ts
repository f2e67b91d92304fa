import { fieldPath, invalid, invalidValue, nameIsPathSegment, validateObjectMeta } from '@fairlead/apimachinery'
import type { FieldError, KubeObject } from '@fairlead/apimachinery'
import type { RequestContext } from '../../request/request-context.ts'
import type { AdmissionHooks } from '../rest/capabilities.ts'
import { strategyContext } from './store-parts.ts'
import type { StoreParts } from './store-parts.ts'
import { ensureNamespace, fillSystemMetadata } from './system-metadata.ts'

/** A new object on its way to storage. */
export interface Creation {
  readonly context: RequestContext
  readonly namespace: string
  readonly admit: AdmissionHooks
}

/** What happens to a new object before it is named: field management and mutating admission, in place. */
export async function admitNewObject(parts: StoreParts, creation: Creation, object: KubeObject): Promise<void> {
  const { context, admit } = creation
  parts.manageFields({ context, next: object, subresource: parts.subresource })
  await admit.mutate({ operation: 'CREATE', name: object.metadata.name ?? '', object })
}

/**
 * Makes a named object ready to be stored, in place: identity, strategy, validation, warnings, validating admission.
 * Throws Invalid with the problems of the metadata first.
 */
export async function prepareForCreate(parts: StoreParts, creation: Creation, object: KubeObject): Promise<void> {
  const { context, namespace, admit } = creation
  const { strategy } = parts
  const facts = strategyContext(parts, context, namespace)
  fillSystemMetadata(parts, object.metadata)
  ensureNamespace(parts, object, namespace)
  await parts.companions?.assign(object, undefined)
  strategy.prepareForCreate(object, facts)
  const errors = [
    ...validateObjectMeta({
      meta: object.metadata,
      namespaced: parts.form.namespaced,
      validateName: (name, options) => [...strategy.validateName(name, { prefix: options?.prefix ?? false })],
      path: fieldPath('metadata'),
    }),
    ...strategy.validateCreate(object, facts),
  ]
  const { name = '' } = object.metadata
  // Whatever the kind allows, a name is part of a path.
  if (errors.length === 0) errors.push(...pathErrors(name))
  if (errors.length > 0) throw invalid(parts.kind, name, errors)
  for (const warning of strategy.warningsOnCreate?.(object, facts) ?? []) context.warnings.add(warning)
  await admit.validate({ operation: 'CREATE', name, object })
}

function pathErrors(name: string): readonly FieldError[] {
  return nameIsPathSegment(name).map((problem) => invalidValue(fieldPath('metadata', 'name'), name, problem))
}
