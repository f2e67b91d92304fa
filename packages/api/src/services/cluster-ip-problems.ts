import {
  duplicate,
  type FieldError,
  fieldPath,
  invalidValue,
  isValidLegacyIp,
  notSupported,
  required,
} from '@fairlead/apimachinery'
import { familyOf, headless, isHeadless, needsClusterIp, type ServiceSpec } from './service.ts'

const listPath = fieldPath('spec', 'clusterIPs')
const families: readonly string[] = ['IPv4', 'IPv6']
const policies: readonly string[] = ['PreferDualStack', 'RequireDualStack', 'SingleStack']

/** What is wrong with the addresses of a Service, their families and their policy, as far as they contradict each other. */
export function clusterIpProblems(spec: ServiceSpec, previous: ServiceSpec | undefined): readonly FieldError[] {
  if (!needsClusterIp(spec)) return []
  const addresses = addressProblems(spec, previous)
  const errors = [...alignmentProblems(spec), ...familyProblems(spec), ...addresses]
  if ((spec.clusterIPs ?? []).length > 2) {
    errors.push(invalidValue(listPath, spec.clusterIPs, 'may only hold up to 2 values'))
  }
  return addresses.length > 0 ? errors : [...errors, ...stackProblems(spec)]
}

function alignmentProblems({ clusterIP = '', clusterIPs = [] }: ServiceSpec): FieldError[] {
  const [first] = clusterIPs
  if (clusterIP === '') {
    if (first === undefined) return []
    return [invalidValue(listPath, clusterIPs, 'must be empty when `clusterIP` is not specified')]
  }
  if (first === undefined) return [required(listPath, '')]
  return first === clusterIP ? [] : [invalidValue(listPath, clusterIPs, 'first value must match `clusterIP`')]
}

function familyProblems({ ipFamilies = [], ipFamilyPolicy }: ServiceSpec): FieldError[] {
  const errors = ipFamilies.flatMap((family, index) => {
    const path = fieldPath('spec', 'ipFamilies').index(index)
    return [
      ...(families.includes(family) ? [] : [notSupported(path, family, families)]),
      ...(ipFamilies.indexOf(family) < index ? [duplicate(path, family)] : []),
    ]
  })
  if (ipFamilyPolicy === undefined || policies.includes(ipFamilyPolicy)) return errors
  return [...errors, notSupported(fieldPath('spec', 'ipFamilyPolicy'), ipFamilyPolicy, policies)]
}

function addressProblems({ clusterIPs = [] }: ServiceSpec, previous: ServiceSpec | undefined): FieldError[] {
  return clusterIPs.flatMap((address, index) => {
    if (index === 0 && address === headless) {
      return clusterIPs.length > 1
        ? [invalidValue(listPath, clusterIPs, "'None' must be the first and only value")]
        : []
    }
    if (previous?.clusterIPs?.includes(address) === true) return []
    return isValidLegacyIp(address, { strict: true }).map((problem) =>
      invalidValue(listPath.index(index), address, problem),
    )
  })
}

function stackProblems(spec: ServiceSpec): FieldError[] {
  const { clusterIPs = [], ipFamilies = [] } = spec
  const errors: FieldError[] = []
  if (clusterIPs.length > 1 && (clusterIPs.length > 2 || new Set(clusterIPs.map(familyOf)).size < 2)) {
    errors.push(invalidValue(listPath, clusterIPs, 'may specify no more than one IP for each IP family'))
  }
  if (isHeadless(spec)) return errors
  for (const [index, address] of clusterIPs.entries()) {
    const family = ipFamilies[index]
    if (family === undefined || !families.includes(family) || family === familyOf(address)) continue
    const detail = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``
    errors.push(invalidValue(listPath.index(index), address, detail))
  }
  return errors
}
