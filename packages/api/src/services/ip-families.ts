import { type FieldError, fieldPath, invalidValue } from '@fairlead/apimachinery'
import { familyOf, headless, type IpFamily, isSameList, needsClusterIp, type ServiceSpec } from './service.ts'
import { clusterIpProblems } from './cluster-ip-problems.ts'

const specPath = fieldPath('spec')
const policyPath = specPath.child('ipFamilyPolicy')

/**
 * Decides which families of addresses a Service has, in place: from its policy, from the addresses that it asks for, and
 * from those that the cluster gives out, the first of them by default. Returns why it cannot have what it asks for.
 */
export function chooseIpFamilies(
  spec: ServiceSpec,
  previous: ServiceSpec | undefined,
  clusterFamilies: readonly IpFamily[],
): readonly FieldError[] {
  if (!needsClusterIp(spec) || isUnchangedPreference(spec, previous)) return []
  const hasSelector = Object.keys(spec.selector ?? {}).length > 0
  const standsAlone = spec.clusterIP === headless && !hasSelector
  spec.ipFamilyPolicy ??= previous?.ipFamilyPolicy ?? (standsAlone ? 'RequireDualStack' : 'SingleStack')
  const problems = clusterIpProblems(spec, previous)
  if (problems.length > 0) return problems
  const conflicts = [
    ...releaseProblems(spec, previous),
    ...singleStackProblems(spec),
    ...addFamilies(spec, clusterFamilies),
  ]
  if (conflicts.length > 0) return conflicts
  if (!standsAlone) {
    const absent = absentFamilies(spec, clusterFamilies)
    if (absent.length > 0) return absent
  }
  const families = (spec.ipFamilies ??= [])
  const [first = 'IPv4'] = clusterFamilies
  if (families.length === 0) families.push(first)
  const canBeDual = standsAlone || clusterFamilies.length === 2
  if (spec.ipFamilyPolicy !== 'SingleStack' && families.length === 1 && canBeDual) {
    families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4')
  }
  return []
}

/** An update of a Service that would like two families, and has what it could get when it was made. */
function isUnchangedPreference(spec: ServiceSpec, previous: ServiceSpec | undefined): boolean {
  if (previous === undefined || spec.ipFamilyPolicy !== 'PreferDualStack' || previous.type !== spec.type) return false
  const before = previous.ipFamilyPolicy
  return (
    (before === undefined || before === 'PreferDualStack') &&
    (previous.clusterIPs ?? []).length > 0 &&
    isSameList(spec.clusterIPs, previous.clusterIPs) &&
    isSameList(spec.ipFamilies, previous.ipFamilies)
  )
}

/** The second address goes when the policy says so, and only then. */
function releaseProblems(spec: ServiceSpec, previous: ServiceSpec | undefined): readonly FieldError[] {
  if (previous === undefined) return []
  const { clusterIPs, ipFamilies } = spec
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (clusterIPs !== undefined && isSameList(clusterIPs, previous.clusterIPs))
      spec.clusterIPs = clusterIPs.slice(0, 1)
    if (ipFamilies !== undefined && isSameList(ipFamilies, previous.ipFamilies))
      spec.ipFamilies = ipFamilies.slice(0, 1)
    return []
  }
  const errors: FieldError[] = []
  if (isShorter(clusterIPs, previous.clusterIPs)) {
    errors.push(policyProblem(spec, "must be 'SingleStack' to release the secondary cluster IP"))
  }
  if (isShorter(ipFamilies, previous.ipFamilies)) {
    errors.push(policyProblem(spec, "must be 'SingleStack' to release the secondary IP family"))
  }
  return errors
}

function isShorter(list: readonly string[] = [], before: readonly string[] = []): boolean {
  return list.length > 0 && list.length < before.length
}

function singleStackProblems(spec: ServiceSpec): readonly FieldError[] {
  if (spec.ipFamilyPolicy !== 'SingleStack') return []
  const rule = "must be 'RequireDualStack' or 'PreferDualStack' when multiple"
  return [
    ...(spec.clusterIPs?.length === 2 ? [policyProblem(spec, `${rule} cluster IPs are specified`)] : []),
    ...(spec.ipFamilies?.length === 2 ? [policyProblem(spec, `${rule} IP families are specified`)] : []),
  ]
}

/** Families of the addresses that the Service asks for. */
function addFamilies(spec: ServiceSpec, clusterFamilies: readonly IpFamily[]): readonly FieldError[] {
  const { clusterIPs = [] } = spec
  const errors: FieldError[] = []
  if (clusterIPs[0] === headless) return errors
  for (const [index, address] of clusterIPs.entries()) {
    const families = (spec.ipFamilies ??= [])
    if (index < families.length) continue
    const family = familyOf(address)
    if (clusterFamilies.includes(family)) families.push(family)
    else {
      const path = specPath.child('clusterIPs').index(index)
      errors.push(invalidValue(path, clusterIPs, `${family} is not configured on this cluster`))
    }
  }
  return errors
}

function absentFamilies(spec: ServiceSpec, clusterFamilies: readonly IpFamily[]): readonly FieldError[] {
  const errors: FieldError[] = []
  if (spec.ipFamilyPolicy === 'RequireDualStack' && clusterFamilies.length < 2) {
    errors.push(policyProblem(spec, 'this cluster is not configured for dual-stack services'))
  }
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) {
    if (clusterFamilies.includes(family)) continue
    errors.push(invalidValue(specPath.child('ipFamilies').index(index), family, 'not configured on this cluster'))
  }
  return errors
}

function policyProblem({ ipFamilyPolicy }: ServiceSpec, detail: string): FieldError {
  return invalidValue(policyPath, ipFamilyPolicy, detail)
}
