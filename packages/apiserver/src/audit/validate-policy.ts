import {
  type FieldError,
  fieldPath,
  type FieldPath,
  invalidValue,
  nameIsDnsSubdomain,
  notSupported,
  required,
} from '@fairlead/apimachinery'
import { auditLevels, auditStages } from './levels.ts'

/** A policy as it was read: types are right, values may be anything. */
export interface UncheckedPolicy {
  readonly rules: readonly UncheckedRule[]
  readonly omitStages: readonly string[]
}

export interface UncheckedRule {
  readonly level: string
  readonly resources: readonly UncheckedResources[]
  readonly namespaces: readonly string[]
  readonly nonResourceURLs: readonly string[]
  readonly omitStages: readonly string[]
  readonly omitManagedFields?: boolean
}

interface UncheckedResources {
  readonly group: string
  readonly resources: readonly string[]
  readonly resourceNames: readonly string[]
}

/** What is wrong with the values of a policy. */
export function validatePolicy(policy: UncheckedPolicy): FieldError[] {
  const rules = fieldPath('rules')
  return [
    ...stageErrors(policy.omitStages, fieldPath('omitStages')),
    ...policy.rules.flatMap((rule, index) => ruleErrors(rule, rules.index(index))),
  ]
}

function ruleErrors(rule: UncheckedRule, path: FieldPath): FieldError[] {
  const urls = path.child('nonResourceURLs')
  const errors = [
    ...levelErrors(rule.level, path.child('level')),
    ...urlErrors(rule.nonResourceURLs, urls),
    ...rule.resources.flatMap((entry) => resourceErrors(entry, path.child('resources'))),
    ...stageErrors(rule.omitStages, path.child('omitStages')),
  ]
  if (rule.nonResourceURLs.length > 0 && (rule.resources.length > 0 || rule.namespaces.length > 0)) {
    const text = 'rules cannot apply to both regular resources and non-resource URLs'
    errors.push(invalidValue(urls, rule.nonResourceURLs, text))
  }
  return errors
}

function levelErrors(level: string, path: FieldPath): FieldError[] {
  if (level === '') return [required(path, '')]
  return (auditLevels as readonly string[]).includes(level) ? [] : [notSupported(path, level, auditLevels)]
}

function urlErrors(urls: readonly string[], path: FieldPath): FieldError[] {
  return urls.flatMap((url, index) => {
    if (url === '*') return []
    const errors: FieldError[] = []
    if (!url.startsWith('/')) {
      errors.push(invalidValue(path.index(index), url, "non-resource URL rules must begin with a '/' character"))
    }
    if (url.slice(0, -1).includes('*')) {
      const text = "non-resource URL wildcards '*' must be the final character of the rule"
      errors.push(invalidValue(path.index(index), url, text))
    }
    return errors
  })
}

function resourceErrors({ group, resources, resourceNames }: UncheckedResources, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  const problems = group === '' || group === '*' ? [] : nameIsDnsSubdomain(group)
  if (problems.length > 0) errors.push(invalidValue(path.child('group'), group, problems.join(',')))
  if (resourceNames.length > 0 && resources.length === 0) {
    const text = 'using resourceNames requires at least one resource'
    errors.push(invalidValue(path.child('resourceNames'), resourceNames, text))
  }
  return errors
}

function stageErrors(stages: readonly string[], path: FieldPath): FieldError[] {
  return stages.flatMap((stage, index) =>
    (auditStages as readonly string[]).includes(stage)
      ? []
      : [invalidValue(path.index(index), stage, `allowed stages are ${auditStages.join(',')}`)],
  )
}
