import type { JsonObject } from '@fairlead/apimachinery'
import { objectAt } from '../values/read.ts'

/** The labels of its template for an object that has none itself, as a default; nothing when there are none. */
export function templateLabels(object: JsonObject): { readonly metadata?: JsonObject } {
  const labels = objectAt(object, 'spec', 'template', 'metadata', 'labels')
  const own = objectAt(object, 'metadata', 'labels')
  return isEmpty(labels) || !isEmpty(own) ? {} : { metadata: { labels } }
}

/** The labels of its template as selector, for an object that has none. */
export function templateSelector(object: JsonObject): { readonly spec?: JsonObject } {
  const selector = objectAt(object, 'spec', 'template', 'metadata', 'labels')
  const own = objectAt(object, 'spec', 'selector')
  return isEmpty(selector) || !isEmpty(own) ? {} : { spec: { selector } }
}

function isEmpty(map: JsonObject): boolean {
  return Object.keys(map).length === 0
}
