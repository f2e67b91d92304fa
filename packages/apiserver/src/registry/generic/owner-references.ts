import { deduplicateOwnerReferences } from '@fairlead/apimachinery'
import type { KubeObject } from '@fairlead/apimachinery'
import type { RequestContext } from '../../request/request-context.ts'

/** Removes repeated owner references in place and warns the client; `afterAdmission` when plugins may have made them. */
export function dropRepeatedOwners(
  context: RequestContext,
  object: KubeObject,
  options: { readonly afterAdmission: boolean },
): void {
  const duplicates = deduplicateOwnerReferences(object.metadata)
  if (duplicates.length === 0) return
  const when = options.afterAdmission ? ' after mutating admission happens' : ''
  context.warnings.add(
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may ` +
      'reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ' +
      duplicates.join(', '),
  )
}
