import {
  type JsonObject,
  type LabelOperator,
  parseFieldSelector,
  parseLabelSelector,
  StatusError,
} from '@fairlead/apimachinery'
import type { AuthorizationAttributes } from '../authorizer.ts'

/** The spec of a SubjectAccessReview that asks about a request. Empty fields are left out. */
export function reviewSpec(attributes: AuthorizationAttributes, version: 'v1' | 'v1beta1'): JsonObject {
  const { user, isResourceRequest, path, verb } = attributes
  const extra = Object.entries(user.extra ?? {}).map(([key, values]): [string, string[]] => [key, [...values]])
  return {
    ...(isResourceRequest
      ? { resourceAttributes: resourceAttributes(attributes) }
      : { nonResourceAttributes: given({ path, verb }) }),
    ...given({ user: user.name }),
    ...(user.groups.length === 0 ? {} : { [version === 'v1' ? 'groups' : 'group']: [...user.groups] }),
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
    ...given({ uid: user.uid ?? '' }),
  }
}

function resourceAttributes(attributes: AuthorizationAttributes): JsonObject {
  const { namespace, verb, group, version, resource, subresource, name } = attributes
  const fields = fieldRequirements(attributes.fieldSelector)
  const labels = labelRequirements(attributes.labelSelector)
  return {
    ...given({ namespace, verb, group, version, resource, subresource, name }),
    ...(fields.length === 0 ? {} : { fieldSelector: { requirements: fields } }),
    ...(labels.length === 0 ? {} : { labelSelector: { requirements: labels } }),
  }
}

function fieldRequirements(selector: string | undefined): JsonObject[] {
  return requirementsOf(selector, (text) =>
    parseFieldSelector(text).requirements.map(({ field, operator, value }) => ({
      key: field,
      operator: operator === '=' ? 'In' : 'NotIn',
      values: [value],
    })),
  )
}

/** Those without a name in the API only narrow the request, and are left out. */
const labelOperators: Partial<Readonly<Record<LabelOperator, string>>> = {
  '=': 'In',
  '==': 'In',
  in: 'In',
  '!=': 'NotIn',
  notin: 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
}

function labelRequirements(selector: string | undefined): JsonObject[] {
  return requirementsOf(selector, (text) =>
    parseLabelSelector(text).requirements.flatMap(({ key, operator, values }) => {
      const name = labelOperators[operator]
      return name === undefined
        ? []
        : [{ key, operator: name, ...(values.length === 0 ? {} : { values: [...values] }) }]
    }),
  )
}

/** A selector that cannot be read does not narrow the request. */
function requirementsOf(selector: string | undefined, read: (text: string) => JsonObject[]): JsonObject[] {
  if (selector === undefined) return []
  try {
    return read(selector)
  } catch (error) {
    if (StatusError.is(error)) return []
    throw error
  }
}

function given(fields: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}
