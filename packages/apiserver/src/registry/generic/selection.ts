import { isDns1123Label, isValidPathSegmentName } from '@fairlead/apimachinery'
import type { FieldSelector, LabelSelector } from '@fairlead/apimachinery'
import { keyPrefix, storageKey } from './keys.ts'
import type { StoredForm } from './stored-form.ts'
import type { KeptObject } from './stored-object.ts'

/** Which objects of a resource a list or a watch is about. */
export interface Selection {
  /** All of them have keys that start with it. */
  readonly prefix: string
  /** The only key that can match, when the selectors leave no other. */
  readonly key?: string
  /** Absent when every object under the prefix belongs to it. */
  readonly matches?: (object: KeptObject) => boolean
}

/** What a client selects. Namespace and name in a field selector narrow down where storage is read. */
export function selectionOf(
  form: StoredForm,
  request: {
    readonly namespace: string
    readonly labelSelector: LabelSelector
    readonly fieldSelector: FieldSelector
  },
): Selection {
  const { labelSelector, fieldSelector } = request
  const namespace = form.namespaced ? request.namespace || pinnedNamespace(fieldSelector) : ''
  const prefix = keyPrefix(form, namespace)
  if (labelSelector.empty && fieldSelector.empty) return { prefix }
  const name = fieldSelector.requiresExactMatch('metadata.name') ?? ''
  const single = name !== '' && isValidPathSegmentName(name).length === 0 && (namespace !== '' || !form.namespaced)
  const matches = predicate(labelSelector, fieldSelector)
  return single ? { prefix, key: storageKey(form, { namespace, name }), matches } : { prefix, matches }
}

function pinnedNamespace(selector: FieldSelector): string {
  const namespace = selector.requiresExactMatch('metadata.namespace') ?? ''
  return isDns1123Label(namespace).length === 0 ? namespace : ''
}

function predicate(labels: LabelSelector, fields: FieldSelector): (object: KeptObject) => boolean {
  const matchesFields = fieldPredicate(fields)
  if (labels.empty) return matchesFields
  if (fields.empty) return (object) => labels.matches(object.labels)
  return (object) => matchesFields(object) && labels.matches(object.labels)
}

function fieldPredicate(selector: FieldSelector): (object: KeptObject) => boolean {
  const byNameOnly = selector.requirements.every(
    ({ field }) => field === 'metadata.name' || field === 'metadata.namespace',
  )
  return byNameOnly ? (object) => selector.matches(object.nameFields) : (object) => selector.matches(object.fields)
}
