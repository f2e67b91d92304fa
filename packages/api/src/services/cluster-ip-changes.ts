import { type FieldError, fieldPath, invalidValue } from '@fairlead/apimachinery'
import { clusterIpsOf, isHeadless, needsClusterIp, type ServiceSpec } from './service.ts'

const addressesPath = fieldPath('spec', 'clusterIPs')
const familiesPath = fieldPath('spec', 'ipFamilies')
const policyPath = fieldPath('spec', 'ipFamilyPolicy')
const fixed = 'may not change once set'

/** What an update does to addresses and families that it may not do. A second one may come, and go with the policy. */
export function clusterIpChangeProblems(next: ServiceSpec, previous: ServiceSpec): readonly FieldError[] {
  if (!needsClusterIp(next) || !needsClusterIp(previous)) return []
  const [isNow, was] = [isHeadless(next), isHeadless(previous)]
  if (isNow && was) return []
  return [...addressChanges(next, previous), ...(isNow === was ? familyChanges(next, previous) : [])]
}

function addressChanges(next: ServiceSpec, previous: ServiceSpec): FieldError[] {
  const [now, before] = [next.clusterIPs ?? [], clusterIpsOf(previous)]
  const changed = (index: number) => invalidValue(addressesPath.index(index), now, fixed)
  if (now.length === before.length) {
    return before.flatMap((address, index) => (address === now[index] ? [] : [changed(index)]))
  }
  const errors: FieldError[] = []
  if (before.length > now.length && now.length === 0) {
    errors.push(invalidValue(addressesPath.index(0), now, 'primary clusterIP can not be unset'))
  }
  if (before.length > 0 && now.length > 0 && now[0] !== before[0]) errors.push(changed(0))
  if (before.length > now.length && now.length === 1) errors.push(...releaseProblem(next, 'clusterIP'))
  return errors
}

function familyChanges(next: ServiceSpec, previous: ServiceSpec): FieldError[] {
  const [now, before] = [next.ipFamilies ?? [], previous.ipFamilies ?? []]
  if (now.length === before.length) {
    return before.flatMap((family, index) =>
      family === now[index] ? [] : [invalidValue(familiesPath.index(0), now, fixed)],
    )
  }
  const errors: FieldError[] = []
  if (before.length > now.length && (next.clusterIPs ?? []).length === 0) {
    errors.push(invalidValue(familiesPath.index(0), now, 'primary ipFamily can not be unset'))
  }
  if (before.length > 0 && now.length > 0 && now[0] !== before[0]) {
    errors.push(invalidValue(familiesPath.index(0), next.clusterIPs ?? [], fixed))
  }
  if (before.length > now.length && now.length === 1) errors.push(...releaseProblem(next, 'ipFamily'))
  return errors
}

function releaseProblem({ ipFamilyPolicy }: ServiceSpec, what: 'clusterIP' | 'ipFamily'): FieldError[] {
  if (ipFamilyPolicy === 'SingleStack') return []
  return [invalidValue(policyPath, ipFamilyPolicy, `must be set to 'SingleStack' when releasing the secondary ${what}`)]
}
