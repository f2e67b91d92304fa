import type { JsonObject, JsonValue, KubeObject } from '@fairlead/apimachinery'
import { isObject, listAt, objectAt } from '../../values/read.ts'

/**
 * `matchLabelKeys` and `mismatchLabelKeys` of affinity terms and spread constraints become requirements of their label
 * selectors with the values that the pod's labels have.
 */
export function mergeMatchLabelKeys(pod: KubeObject): void {
  const labels = pod.metadata.labels ?? {}
  for (const affinity of ['podAffinity', 'podAntiAffinity']) {
    const terms = objectAt(pod, 'spec', 'affinity', affinity)
    for (const term of listAt(terms, 'requiredDuringSchedulingIgnoredDuringExecution')) mergeInto(term, labels)
    for (const weighted of listAt(terms, 'preferredDuringSchedulingIgnoredDuringExecution')) {
      mergeInto(objectAt(weighted, 'podAffinityTerm'), labels)
    }
  }
  for (const constraint of listAt(pod, 'spec', 'topologySpreadConstraints')) mergeInto(constraint, labels)
}

function mergeInto(term: JsonValue, labels: Readonly<Record<string, string>>): void {
  if (!isObject(term) || !isObject(term['labelSelector'])) return
  const added = [
    ...requirements(listAt(term, 'matchLabelKeys'), 'In', labels),
    ...requirements(listAt(term, 'mismatchLabelKeys'), 'NotIn', labels),
  ]
  if (added.length === 0) return
  const selector = term['labelSelector']
  term['labelSelector'] = { ...selector, matchExpressions: [...listAt(selector, 'matchExpressions'), ...added] }
}

function requirements(
  keys: readonly JsonValue[],
  operator: 'In' | 'NotIn',
  labels: Readonly<Record<string, string>>,
): readonly JsonObject[] {
  return keys.flatMap((key) => {
    const value = typeof key === 'string' && Object.hasOwn(labels, key) ? labels[key] : undefined
    return value === undefined ? [] : [{ key, operator, values: [value] }]
  })
}
