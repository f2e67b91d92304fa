import type { FieldErrors } from '@fairlead/extension-server'
import type { FlunderSpec } from './schemas.ts'

/** What is wrong with a new Flunder. Of the problems with references the first counts. */
export function validateFlunderSpec(
  { flunderReference = '', fischerReference = '', referenceType = '' }: FlunderSpec,
  errors: FieldErrors,
): void {
  const flunder = (detail: string): void => errors.invalid('spec.flunderReference', flunderReference, detail)
  const fischer = (detail: string): void => errors.invalid('spec.fischerReference', fischerReference, detail)
  if (flunderReference !== '' && fischerReference !== '') {
    fischer('cannot be set with flunderReference at the same time')
  } else if (flunderReference !== '' && referenceType !== 'Flunder') {
    flunder('cannot be set if referenceType is not Flunder')
  } else if (fischerReference !== '' && referenceType !== 'Fischer') {
    fischer('cannot be set if referenceType is not Fischer')
  } else if (fischerReference === '' && referenceType === 'Fischer') {
    fischer('cannot be empty if referenceType is Fischer')
  } else if (flunderReference === '' && referenceType === 'Flunder') {
    flunder('cannot be empty if referenceType is Flunder')
  }
  if (!['', 'Flunder', 'Fischer'].includes(referenceType)) {
    errors.invalid('spec.referenceType', referenceType, 'must be Flunder or Fischer')
  }
}
