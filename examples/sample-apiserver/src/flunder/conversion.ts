import type { FlunderSpec, StoredSpec } from './schemas.ts'

/** v1alpha1 → v1beta1. A reference of an unknown type has no field to go to and is dropped. */
export function toFlunderSpec({ reference = '', referenceType = '' }: StoredSpec): FlunderSpec {
  return withoutEmpty({
    flunderReference: referenceType === 'Flunder' ? reference : '',
    fischerReference: referenceType === 'Fischer' ? reference : '',
    referenceType,
  })
}

/** v1beta1 → v1alpha1: the reference that the type selects. */
export function toStoredSpec({
  flunderReference = '',
  fischerReference = '',
  referenceType = '',
}: FlunderSpec): StoredSpec {
  const selected = referenceType === 'Flunder' ? flunderReference : referenceType === 'Fischer' ? fischerReference : ''
  return withoutEmpty({ reference: selected, referenceType })
}

/** Empty texts and absent ones are the same. */
export function withoutEmpty<Name extends string>(
  spec: { readonly [Key in Name]?: string },
): { [Key in Name]?: string } {
  const filled = Object.entries(spec).filter(([, value]) => value !== '')
  return Object.fromEntries(filled) as { [Key in Name]?: string }
}
