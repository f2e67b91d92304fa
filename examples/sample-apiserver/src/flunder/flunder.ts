import { defineKind } from '@fairlead/extension-server'
import { toFlunderSpec, toStoredSpec, withoutEmpty } from './conversion.ts'
import { v1alpha1, v1beta1 } from './schemas.ts'
import { validateFlunderSpec } from './validate.ts'

/** Stored as v1alpha1, preferred as v1beta1. Updates are not validated. */
export const Flunder = defineKind({
  group: 'wardle.example.com',
  version: 'v1alpha1',
  kind: 'Flunder',
  namespaced: true,
  schema: v1alpha1,
  default(flunder) {
    const { reference = '', referenceType = '' } = flunder.spec
    const type = referenceType === '' && reference !== '' ? 'Flunder' : referenceType
    // By way of the other form, so that both versions keep the same.
    flunder.spec = toStoredSpec(toFlunderSpec({ reference, referenceType: type }))
  },
  validate: ({ spec }, errors) => validateFlunderSpec(toFlunderSpec(spec), errors),
  validateUpdate: () => {},
  versions: {
    v1beta1: {
      schema: v1beta1,
      default(flunder) {
        flunder.spec = withoutEmpty(flunder.spec)
      },
      validateCreate: ({ spec }, errors) => validateFlunderSpec(spec, errors),
      toStored: ({ spec, status }) => ({ spec: toStoredSpec(spec), status }),
      fromStored: ({ spec, status }) => ({ spec: toFlunderSpec(spec), status }),
    },
  },
})
