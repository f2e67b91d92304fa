import type { AuthorizationAttributes } from '../authorizer.ts'
import type { PolicyRule } from './policy.ts'

/** Whether a rule on its own allows what somebody wants to do. Selectors do not count. */
export function ruleAllows(attributes: AuthorizationAttributes, rule: PolicyRule): boolean {
  if (!includes(rule.verbs, attributes.verb)) return false
  if (!attributes.isResourceRequest) return rule.nonResourceURLs.some((url) => coversPath(url, attributes.path))
  return (
    includes(rule.apiGroups, attributes.group) &&
    coversResource(rule.resources, attributes.resource, attributes.subresource) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(attributes.name))
  )
}

/** Whether the path of a rule is, or with a `*` at its end begins, another path. `/healthz/*` does not cover `/healthz`. */
export function coversPath(url: string, path: string): boolean {
  return url === path || (url.endsWith('*') && path.startsWith(withoutStars(url)))
}

/** `*` stands for everything, subresources too, and `x/scale` for one subresource as `*` in its place does for all kinds. */
function coversResource(resources: readonly string[], resource: string, subresource: string): boolean {
  if (resources.includes('*')) return true
  if (subresource === '') return resources.includes(resource)
  return resources.includes(`${resource}/${subresource}`) || resources.includes(`*/${subresource}`)
}

function includes(values: readonly string[], value: string): boolean {
  return values.includes(value) || values.includes('*')
}

function withoutStars(url: string): string {
  let end = url.length
  while (end > 0 && url[end - 1] === '*') end--
  return url.slice(0, end)
}
