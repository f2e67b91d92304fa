import {
  fieldPath,
  invalid,
  nameIsPathSegment,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '@fairlead/apimachinery'
import type { KubeObject } from '@fairlead/apimachinery'
import type { RequestContext } from '../../request/request-context.ts'
import { strategyContext } from './store-parts.ts'
import type { StoreParts } from './store-parts.ts'
import type { KeptObject } from './stored-object.ts'
import { ensureNamespace, keepGeneration, keepSystemMetadata } from './system-metadata.ts'

/**
 * Makes an object ready to replace the current one, in place: what the client cannot change, strategy, validation,
 * warnings. Throws Invalid.
 */
export function prepareForUpdate(
  parts: StoreParts,
  next: KubeObject,
  { context, current }: { readonly context: RequestContext; readonly current: KeptObject },
): void {
  const { strategy } = parts
  const previous = current.object()
  const facts = strategyContext(parts, context, current.namespace)
  ensureNamespace(parts, next, current.namespace)
  keepGeneration(next.metadata, previous.metadata)
  strategy.prepareForUpdate(next, previous, facts)
  keepSystemMetadata(next.metadata, previous.metadata)
  const path = fieldPath('metadata')
  const errors = [
    ...validateObjectMeta({
      meta: next.metadata,
      namespaced: parts.form.namespaced,
      validateName: nameIsPathSegment,
      path,
    }),
    ...validateObjectMetaUpdate({ next: next.metadata, previous: previous.metadata, path }),
    ...strategy.validateUpdate(next, previous, facts),
  ]
  if (errors.length > 0) throw invalid(parts.kind, next.metadata.name ?? '', errors)
  for (const warning of strategy.warningsOnUpdate?.(next, previous, facts) ?? []) context.warnings.add(warning)
}
