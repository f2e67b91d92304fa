import {
  deepEqual,
  type FieldError,
  fieldPath,
  type FieldPath,
  invalidValue,
  type JsonValue,
  type KubeObject,
  labelSelectorFromObject,
  nameIsDnsSubdomain,
  nameIsPathSegment,
  notSupported,
  required,
  StatusError,
  validateLabelSelectorObject,
} from '@fairlead/apimachinery'
import { at, isObject, listAt, objectAt, stringAt } from '../../values/read.ts'
import type { KindRules } from '../strategy-rules.ts'

const group = 'rbac.authorization.k8s.io'

export const roleRules: KindRules = {
  validateName: nameIsPathSegment,
  validateCreate: (role) => validateRules(role, 'namespaced'),
  validateUpdate: (role) => validateRules(role, 'namespaced'),
}

export const clusterRoleRules: KindRules = {
  validateName: nameIsPathSegment,
  validateCreate: validateClusterRole,
  validateUpdate: validateClusterRole,
}

export const roleBindingRules: KindRules = bindingRules(['Role', 'ClusterRole'], 'namespaced')

export const clusterRoleBindingRules: KindRules = bindingRules(['ClusterRole'], 'cluster')

type Scope = 'namespaced' | 'cluster'

function validateClusterRole(role: KubeObject): readonly FieldError[] {
  const errors = [...validateRules(role, 'cluster')]
  const aggregation = at(role, 'aggregationRule')
  if (!isObject(aggregation)) return errors
  const path = fieldPath('aggregationRule', 'clusterRoleSelectors')
  const selectors = listAt(aggregation, 'clusterRoleSelectors')
  if (selectors.length === 0) {
    errors.push(required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil'))
  }
  selectors.forEach((selector, index) => errors.push(...validateSelector(selector, path.index(index))))
  return errors
}

function validateSelector(value: JsonValue, path: FieldPath): readonly FieldError[] {
  const selector = isObject(value) ? value : {}
  const errors = validateLabelSelectorObject(selector, path)
  try {
    labelSelectorFromObject(selector)
  } catch (error) {
    if (!StatusError.is(error)) throw error
    errors.push(invalidValue(path, null, 'invalid label selector.'))
  }
  return errors
}

function validateRules(role: KubeObject, scope: Scope): readonly FieldError[] {
  return listAt(role, 'rules').flatMap((rule, index) => validateRule(rule, fieldPath('rules').index(index), scope))
}

function validateRule(rule: JsonValue, path: FieldPath, scope: Scope): readonly FieldError[] {
  const errors: FieldError[] = []
  const isEmpty = (field: string) => listAt(rule, field).length === 0
  if (isEmpty('verbs')) errors.push(required(path.child('verbs'), 'verbs must contain at least one value'))
  const urls = listAt(rule, 'nonResourceURLs')
  if (urls.length > 0) {
    const refuse = (detail: string) => errors.push(invalidValue(path.child('nonResourceURLs'), urls, detail))
    if (scope === 'namespaced') refuse('namespaced rules cannot apply to non-resource URLs')
    if (!isEmpty('apiGroups') || !isEmpty('resources') || !isEmpty('resourceNames')) {
      refuse('rules cannot apply to both regular resources and non-resource URLs')
    }
    return errors
  }
  if (isEmpty('apiGroups')) {
    errors.push(required(path.child('apiGroups'), 'resource rules must supply at least one api group'))
  }
  if (isEmpty('resources')) {
    errors.push(required(path.child('resources'), 'resource rules must supply at least one resource'))
  }
  return errors
}

function bindingRules(roleKinds: readonly string[], scope: Scope): KindRules {
  const validate = (binding: KubeObject): readonly FieldError[] => [
    ...validateRoleRef(binding, roleKinds),
    ...listAt(binding, 'subjects').flatMap((subject, index) =>
      validateSubject(subject, fieldPath('subjects').index(index), scope),
    ),
  ]
  return {
    validateName: nameIsPathSegment,
    validateCreate: validate,
    validateUpdate: (next, previous) => [...validate(next), ...keepsRoleRef(next, previous)],
  }
}

function validateRoleRef(binding: KubeObject, kinds: readonly string[]): readonly FieldError[] {
  const roleRef = objectAt(binding, 'roleRef')
  const path = fieldPath('roleRef')
  const apiGroup = stringAt(roleRef, 'apiGroup')
  const kind = stringAt(roleRef, 'kind')
  const name = stringAt(roleRef, 'name')
  return [
    ...(apiGroup === group ? [] : [notSupported(path.child('apiGroup'), apiGroup, [group])]),
    ...(kinds.includes(kind) ? [] : [notSupported(path.child('kind'), kind, kinds)]),
    ...(name === ''
      ? [required(path.child('name'), '')]
      : nameIsPathSegment(name).map((problem) => invalidValue(path.child('name'), name, problem))),
  ]
}

/** The value is shown in upstream's internal form, whose fields have no JSON names. */
function keepsRoleRef(next: KubeObject, previous: KubeObject): readonly FieldError[] {
  const roleRef = objectAt(next, 'roleRef')
  if (deepEqual(roleRef, objectAt(previous, 'roleRef'))) return []
  const shown = {
    APIGroup: stringAt(roleRef, 'apiGroup'),
    Kind: stringAt(roleRef, 'kind'),
    Name: stringAt(roleRef, 'name'),
  }
  return [invalidValue(fieldPath('roleRef'), shown, 'cannot change roleRef')]
}

function validateSubject(subject: JsonValue, path: FieldPath, scope: Scope): readonly FieldError[] {
  const kind = stringAt(subject, 'kind')
  const name = stringAt(subject, 'name')
  const apiGroup = stringAt(subject, 'apiGroup')
  const errors: FieldError[] = name === '' ? [required(path.child('name'), '')] : []
  if (kind === 'ServiceAccount') {
    const problems = name === '' ? [] : nameIsDnsSubdomain(name)
    errors.push(...problems.map((problem) => invalidValue(path.child('name'), name, problem)))
    if (apiGroup !== '') errors.push(notSupported(path.child('apiGroup'), apiGroup, ['']))
    if (scope === 'cluster' && stringAt(subject, 'namespace') === '') errors.push(required(path.child('namespace'), ''))
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== group) errors.push(notSupported(path.child('apiGroup'), apiGroup, [group]))
  } else {
    errors.push(notSupported(path.child('kind'), kind, ['ServiceAccount', 'User', 'Group']))
  }
  return errors
}
