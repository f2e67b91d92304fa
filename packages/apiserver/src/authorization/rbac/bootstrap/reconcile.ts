import { deepEqual, type JsonObject, type JsonValue, type KubeObject } from '@fairlead/apimachinery'
import { uncoveredRules } from '../covers.ts'
import type { PolicyRule } from '../policy.ts'
import { readRules } from '../read-policy.ts'
import { autoupdateAnnotation } from './bootstrap-policy.ts'

/** What brings a stored object in line with the expected one. */
export type Reconciliation =
  | { readonly type: 'none' }
  /** A user has taken the object over and said so. */
  | { readonly type: 'protected' }
  | { readonly type: 'update'; readonly object: KubeObject }
  /** The binding is for another role: it must be deleted and made anew, because that cannot be changed. */
  | { readonly type: 'recreate' }

/** Adds what is missing of labels, annotations, rules and subjects; what users added stays. */
export function reconcile(existing: KubeObject, expected: KubeObject): Reconciliation {
  if (expected['roleRef'] !== undefined && !deepEqual(existing['roleRef'], expected['roleRef'])) {
    return isProtected(existing) ? { type: 'protected' } : { type: 'recreate' }
  }
  const object: KubeObject = { ...existing, metadata: withExpectedMetadata(existing, expected) }
  if (expected['roleRef'] === undefined) {
    addMissingRules(object, expected)
    addMissingAggregation(object, expected)
  } else {
    addMissingSubjects(object, expected)
  }
  if (deepEqual(object, existing)) return { type: 'none' }
  return isProtected(existing) ? { type: 'protected' } : { type: 'update', object }
}

function isProtected({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[autoupdateAnnotation] === 'false'
}

/** Values that users have changed stay. */
function withExpectedMetadata({ metadata }: KubeObject, expected: KubeObject): KubeObject['metadata'] {
  return {
    ...metadata,
    labels: { ...expected.metadata.labels, ...metadata.labels },
    annotations: { ...expected.metadata.annotations, ...metadata.annotations },
  }
}

function addMissingRules(object: KubeObject, expected: KubeObject): void {
  const missing = uncoveredRules(readRules(object), readRules(expected))
  if (missing.length > 0) object['rules'] = [...listAt(object, 'rules'), ...missing.map(wireRule)]
}

/** A role that is not expected to collect rules stops doing so. */
function addMissingAggregation(object: KubeObject, expected: KubeObject): void {
  if (expected['aggregationRule'] === undefined) {
    delete object['aggregationRule']
    return
  }
  const selectors = selectorsOf(object)
  const missing = selectorsOf(expected).filter((selector) => !selectors.some((own) => deepEqual(own, selector)))
  if (missing.length > 0) object['aggregationRule'] = { clusterRoleSelectors: [...selectors, ...missing] }
}

function addMissingSubjects(object: KubeObject, expected: KubeObject): void {
  const subjects = listAt(object, 'subjects')
  const missing = listAt(expected, 'subjects').filter((subject) => !subjects.some((own) => deepEqual(own, subject)))
  if (missing.length > 0) object['subjects'] = [...subjects, ...missing]
}

function selectorsOf(role: KubeObject): readonly JsonValue[] {
  const rule = role['aggregationRule']
  return typeof rule === 'object' && rule !== null && !Array.isArray(rule) ? listAt(rule, 'clusterRoleSelectors') : []
}

function listAt(holder: JsonObject, field: string): readonly JsonValue[] {
  const value = holder[field]
  return Array.isArray(value) ? value : []
}

function wireRule({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): JsonObject {
  const given = (name: string, values: readonly string[]) => (values.length === 0 ? {} : { [name]: [...values] })
  return {
    verbs: [...verbs],
    ...given('apiGroups', apiGroups),
    ...given('resources', resources),
    ...given('resourceNames', resourceNames),
    ...given('nonResourceURLs', nonResourceURLs),
  }
}
