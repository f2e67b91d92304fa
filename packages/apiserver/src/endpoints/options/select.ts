import { badRequest, escapeFieldValue, type FieldSelector, parseFieldSelector } from '@fairlead/apimachinery'
import type { RequestInfo } from '../../request/request-info.ts'
import type { ServedResource } from '../served-resource.ts'
import type { ListOptions } from './list-options.ts'

/**
 * The field selector of a collection request, by storage labels. A name in the path (`/watch/…/{name}`) selects like
 * `metadata.name`. Throws BadRequest for unsupported labels and for a selector that contradicts the name.
 */
export function storageFieldSelector(
  resource: ServedResource,
  { fieldSelector }: Pick<ListOptions, 'fieldSelector'>,
  { name }: Pick<RequestInfo, 'name'>,
): FieldSelector {
  const selector = fieldSelector.empty
    ? fieldSelector
    : fieldSelector.transform((label, value) => [resource.fieldLabel(label), value])
  if (name === '') return selector
  if (selector.empty) return parseFieldSelector(`metadata.name=${escapeFieldValue(name)}`)
  if (selector.requiresExactMatch('metadata.name') !== name) {
    throw badRequest("fieldSelector metadata.name doesn't match requested name")
  }
  return selector
}
