import {
  type FieldError,
  fieldPath,
  type FieldPath,
  forbiddenField,
  invalid,
  invalidValue,
  type JsonObject,
  type KubeObject,
  required,
} from '@fairlead/apimachinery'
import { specOf } from './review-object.ts'
import { objectAt, objectsAt, stringAt, stringsAt } from '../../values/read.ts'

/** What is checked differently for the three kinds of access review. */
export interface AccessReviewRules {
  /** The spec names the user; otherwise it is the sender. */
  readonly namesUser: boolean
  /** The review belongs to a namespace, and so must what it asks about. */
  readonly local: boolean
}

/** Throws Invalid (422, without a kind in its message) for an access review that asks nothing or too much. */
export function validateAccessReview(review: KubeObject, rules: AccessReviewRules): void {
  const spec = specOf(review)
  const resource = objectAt(spec, 'resourceAttributes')
  const path = objectAt(spec, 'nonResourceAttributes')
  const errors: FieldError[] = []
  if (resource !== undefined && path !== undefined) {
    const detail = 'cannot be specified in combination with resourceAttributes'
    errors.push(invalidValue(fieldPath('spec', 'nonResourceAttributes'), path, detail))
  }
  if (resource === undefined && path === undefined) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    errors.push(invalidValue(fieldPath('spec', 'resourceAttributes'), null, detail))
  }
  if (rules.namesUser && stringAt(spec, 'user') === '' && stringsAt(spec, 'groups').length === 0) {
    errors.push(invalidValue(fieldPath('spec', 'user'), '', 'at least one of user or group must be specified'))
  }
  if (resource !== undefined) {
    errors.push(...validateSelector(resource, 'fieldSelector'), ...validateSelector(resource, 'labelSelector'))
  }
  errors.push(...validateMetadata(review, rules.local))
  if (rules.local && resource !== undefined) {
    const namespace = stringAt(resource, 'namespace')
    if (namespace !== (review.metadata.namespace ?? '')) {
      const at = fieldPath('spec', 'resourceAttributes', 'namespace')
      errors.push(invalidValue(at, namespace, 'must match metadata.namespace'))
    }
  }
  if (rules.local && path !== undefined) {
    const detail = 'disallowed on this kind of request'
    errors.push(invalidValue(fieldPath('spec', 'nonResourceAttributes'), path, detail))
  }
  if (errors.length > 0) throw invalid({ group: 'authorization.k8s.io', kind: '' }, '', errors)
}

function validateMetadata(review: KubeObject, local: boolean): FieldError[] {
  const given = Object.entries(review.metadata).filter(
    ([key, value]) => value !== undefined && key !== 'managedFields' && !(local && key === 'namespace'),
  )
  if (given.length === 0) return []
  const detail = local ? 'must be empty except for namespace' : 'must be empty'
  return [invalidValue(fieldPath('metadata'), review.metadata, detail)]
}

function validateSelector(attributes: JsonObject, field: 'fieldSelector' | 'labelSelector'): FieldError[] {
  const selector = objectAt(attributes, field)
  if (selector === undefined) return []
  const path = fieldPath('spec', 'resourceAttributes', field)
  const raw = stringAt(selector, 'rawSelector')
  const requirements = objectsAt(selector, 'requirements')
  const errors: FieldError[] = []
  if (raw !== '' && requirements.length > 0) {
    const detail = 'may not specified at the same time as requirements'
    errors.push(invalidValue(path.child('rawSelector'), raw, detail))
  }
  if (raw === '' && requirements.length === 0) {
    const detail = `when ${path.toString()} is specified, requirements or rawSelector is required`
    errors.push(required(path.child('requirements'), detail))
  }
  requirements.forEach((requirement, index) => {
    errors.push(...validateRequirement(requirement, path.child('requirements').index(index)))
  })
  return errors
}

/** An operator that this server does not know is legal: it comes from a newer client, and is left out of account. */
function validateRequirement(requirement: JsonObject, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  const operator = stringAt(requirement, 'operator')
  const values = stringsAt(requirement, 'values')
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
    errors.push(required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"))
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
    errors.push(
      forbiddenField(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
    )
  }
  if (stringAt(requirement, 'key') === '') errors.push(required(path.child('key'), 'must be specified'))
  return errors
}
