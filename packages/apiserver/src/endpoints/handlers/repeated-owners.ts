import { deduplicateOwnerReferences, type ObjectMeta } from '@fairlead/apimachinery'
import type { WarningRecorder } from '../../request/warning-recorder.ts'

/** Where repetitions were found: in what the client sent, or in what mutating admission made of it. */
export type Occasion = 'in the request' | 'after admission'

const found: Readonly<Record<Occasion, string>> = {
  'in the request': 'contains duplicate entries',
  'after admission': 'contains duplicate entries after mutating admission happens',
}

/** Takes owner references that are equal to an earlier one out of an object's metadata, with a warning. */
export function dropRepeatedOwners(metadata: ObjectMeta, warnings: WarningRecorder, occasion: Occasion): void {
  const repeated = deduplicateOwnerReferences(metadata)
  if (repeated.length === 0) return
  warnings.add(
    `.metadata.ownerReferences ${found[occasion]}; API server dedups owner references in 1.20+, and may reject such ` +
      `requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${repeated.join(', ')}`,
  )
}
