import { quote } from '@fairlead/apimachinery'
import type { PolicyRule } from './policy.ts'

/** Rules as refusals list them: verbs of the same resource together, one rule a line, in order. */
export function describeRules(rules: readonly PolicyRule[]): string {
  const lines = new Set(mergeVerbs(rules).map(describeRule))
  return [...lines].sort().join('\n')
}

/** Go's way to write lists of strings: `["a" "b"]`. */
export function quoteList(values: readonly string[]): string {
  return `[${values.map(quote).join(' ')}]`
}

/** Rules about a single resource, with one name or for all, are merged; others stay as they are. */
function mergeVerbs(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const merged = new Map<string, PolicyRule>()
  const others: PolicyRule[] = []
  for (const rule of rules) {
    if (!isSimple(rule)) {
      others.push(rule)
      continue
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames])
    const before = merged.get(key)
    merged.set(key, before === undefined ? rule : { ...before, verbs: [...before.verbs, ...rule.verbs] })
  }
  return [...others, ...merged.values()]
}

function isSimple(rule: PolicyRule): boolean {
  const { apiGroups, resources, resourceNames, nonResourceURLs } = rule
  return apiGroups.length === 1 && resources.length === 1 && resourceNames.length <= 1 && nonResourceURLs.length === 0
}

function describeRule(rule: PolicyRule): string {
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ]
  const given = parts.filter(([, values]) => values.length > 0)
  return `{${given.map(([name, values]) => `${name}:${quoteList(values)}`).join(', ')}}`
}
