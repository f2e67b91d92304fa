import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toFlunderSpec, toStoredSpec } from './conversion.ts'
import type { FlunderSpec } from './schemas.ts'
import { validateFlunderSpec } from './validate.ts'

const text = fc.constantFrom('', 'a', 'b')
const type = fc.constantFrom('', 'Flunder', 'Fischer', 'Other')
const specs = fc.record({ flunderReference: text, fischerReference: text, referenceType: type }, { requiredKeys: [] })

const isValid = (spec: FlunderSpec): boolean => {
  let valid = true
  const problem = () => {
    valid = false
  }
  validateFlunderSpec(spec, {
    required: problem,
    invalid: problem,
    notSupported: problem,
    duplicate: problem,
    forbidden: problem,
    notFound: problem,
  })
  return valid
}

test('SMP-4: what is valid comes back from its stored form as it was', () => {
  fc.assert(
    fc.property(specs, (spec) => {
      fc.pre(isValid(spec))
      const filled = Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== ''))
      expect(toFlunderSpec(toStoredSpec(spec))).toEqual(filled)
    }),
  )
})

test('SMP-4: the stored form of anything stays as it is on the way to the other version and back', () => {
  fc.assert(
    fc.property(specs, (spec) => {
      const stored = toStoredSpec(spec)
      expect(toStoredSpec(toFlunderSpec(stored))).toEqual(stored)
    }),
  )
})
