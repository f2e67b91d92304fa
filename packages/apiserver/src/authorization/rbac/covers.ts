import type { PolicyRule } from './policy.ts'
import { coversPath } from './rule-allows.ts'

/**
 * What of `wanted` is not held by an owner of `held`: each rule is broken down to single permissions, and each of them
 * must be covered by one rule of the owner on its own. A wildcard that is wanted is covered by the wildcard only.
 */
export function uncoveredRules(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(permissionsOf).filter((permission) => !held.some((rule) => covers(rule, permission)))
}

/** One permission a combination of group, resource, verb and name, and one a path and verb. */
function permissionsOf(rule: PolicyRule): readonly PolicyRule[] {
  const names = rule.resourceNames.length === 0 ? [[]] : rule.resourceNames.map((name) => [name])
  const permissions: PolicyRule[] = []
  for (const group of rule.apiGroups) {
    for (const resource of rule.resources) {
      for (const verb of rule.verbs) {
        for (const resourceNames of names) {
          permissions.push({
            verbs: [verb],
            apiGroups: [group],
            resources: [resource],
            resourceNames,
            nonResourceURLs: [],
          })
        }
      }
    }
  }
  for (const url of rule.nonResourceURLs) {
    for (const verb of rule.verbs) {
      permissions.push({ verbs: [verb], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [url] })
    }
  }
  return permissions
}

function covers(rule: PolicyRule, permission: PolicyRule): boolean {
  return (
    hasAll(rule.verbs, permission.verbs) &&
    hasAll(rule.apiGroups, permission.apiGroups) &&
    permission.resources.every((resource) => coversResource(rule.resources, resource)) &&
    coversNames(rule.resourceNames, permission.resourceNames) &&
    permission.nonResourceURLs.every((path) => rule.nonResourceURLs.some((url) => coversPath(url, path)))
  )
}

function hasAll(held: readonly string[], wanted: readonly string[]): boolean {
  return held.includes('*') || wanted.every((value) => held.includes(value))
}

function coversResource(held: readonly string[], resource: string): boolean {
  if (held.includes('*') || held.includes(resource)) return true
  const slash = resource.indexOf('/')
  return slash >= 0 && held.includes(`*${resource.slice(slash)}`)
}

function coversNames(held: readonly string[], wanted: readonly string[]): boolean {
  return held.length === 0 || (wanted.length > 0 && wanted.every((name) => held.includes(name)))
}
