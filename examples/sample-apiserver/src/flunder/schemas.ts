import { type Infer, s } from '@fairlead/extension-server'

/** What a Flunder refers to. A text and no enumeration: an unknown type is refused in words of its own. */
const referenceType = s.optional(
  s.string({ description: 'The kind of the reference, Flunder or Fischer; Flunder when only a reference is given.' }),
)

/** The stored form: one reference, and its type. */
export const v1alpha1 = s.object({
  spec: s.object({
    reference: s.optional(s.string({ description: 'The name of another Flunder or of a Fischer.' })),
    referenceType,
  }),
  status: s.object({}),
})

/** A field for each type. Rules are written for this form, which can say everything that the other one can. */
export const v1beta1 = s.object({
  spec: s.object({
    flunderReference: s.optional(s.string({ description: 'The name of another Flunder.' })),
    fischerReference: s.optional(s.string({ description: 'The name of a Fischer.' })),
    referenceType,
  }),
  status: s.object({}),
})

export type StoredSpec = Infer<typeof v1alpha1>['spec']
export type FlunderSpec = Infer<typeof v1beta1>['spec']
