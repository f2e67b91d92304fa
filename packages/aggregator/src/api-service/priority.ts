import { compareKubeVersions } from '@fairlead/apimachinery'
import type { ApiService } from './api-service.ts'

type Prioritised = Pick<ApiService, 'name' | 'group' | 'version' | 'groupPriorityMinimum' | 'versionPriority'>

/**
 * APIServices by group, as discovery lists them: groups by the highest priority among their versions, then by the name of
 * the APIService that carries it; the preferred version first, whether it is available or not (ORD-1 to ORD-3).
 */
export function sortedByGroupAndVersion<Service extends Prioritised>(
  services: Iterable<Service>,
): readonly (readonly Service[])[] {
  const groups = new Map<string, Service[]>()
  for (const service of [...services].sort(byGroupPriority)) {
    const members = groups.get(service.group)
    if (members === undefined) groups.set(service.group, [service])
    else members.push(service)
  }
  return [...groups.values()].map((members) => members.sort(byVersionPriority))
}

function byGroupPriority(a: Prioritised, b: Prioritised): number {
  return b.groupPriorityMinimum - a.groupPriorityMinimum || compareText(a.name, b.name)
}

function byVersionPriority(a: Prioritised, b: Prioritised): number {
  return b.versionPriority - a.versionPriority || compareKubeVersions(a.version, b.version)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
