import { deepEqual, type JsonObject, type KubeObject, labelSelectorFromObject } from '@fairlead/apimachinery'
import { objectsAt } from '../../values/read.ts'

/**
 * The rules of a ClusterRole that collects those of others: of each of its selectors in turn the roles that it selects,
 * by name, each rule once. Undefined for a role that collects nothing.
 */
export function aggregateRules(role: KubeObject, roles: Iterable<KubeObject>): readonly JsonObject[] | undefined {
  const selectors = objectsAt(role, 'aggregationRule', 'clusterRoleSelectors')
  if (selectors.length === 0) return undefined
  const others = [...roles].filter(({ metadata }) => metadata.name !== role.metadata.name).sort(byName)
  const rules: JsonObject[] = []
  for (const selector of selectors.map(labelSelectorFromObject)) {
    for (const rule of others
      .filter(({ metadata }) => selector.matches(metadata.labels))
      .flatMap((other) => objectsAt(other, 'rules'))) {
      if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule)
    }
  }
  return rules
}

function byName(a: KubeObject, b: KubeObject): number {
  const [left, right] = [a.metadata.name ?? '', b.metadata.name ?? '']
  return left < right ? -1 : left > right ? 1 : 0
}
