import {
  type FieldError,
  fieldPath,
  forbiddenField,
  invalidValue,
  isDns1123Subdomain,
  isQualifiedName,
  isValidLegacyCidr,
  isValidLegacyIp,
  isValidPortNumber,
  type KubeObject,
  notSupported,
  required,
  validateLabels,
} from '@fairlead/apimachinery'
import { clusterIpChangeProblems } from './cluster-ip-changes.ts'
import { clusterIpProblems } from './cluster-ip-problems.ts'
import { endpointIpProblems } from './endpoint-ip.ts'
import { portNumberProblems, portProblems } from './port-problems.ts'
import {
  isExternallyAccessible,
  isHeadless,
  needsHealthCheckPort,
  portsOf,
  type ServiceSpec,
  specOf,
} from './service.ts'

const path = fieldPath('spec')
const affinitySecondsLimit = 86_400
const forLoadBalancers = "may only be used when `type` is 'LoadBalancer'"
const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges'
const modeAnnotation = 'service.kubernetes.io/topology-mode'
const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints'

/** What is wrong with a Service that has all its defaults and addresses, in upstream's order. */
export function validateService(service: KubeObject, previous?: KubeObject): readonly FieldError[] {
  const spec = specOf(service)
  const before = previous && specOf(previous)
  return [
    ...(before === undefined ? [] : changeProblems(spec, before)),
    ...annotationProblems(service),
    ...typeProblems(spec),
    ...portProblems(spec),
    ...(spec.selector === undefined
      ? []
      : validateLabels(spec.selector as Record<string, string>, path.child('selector'))),
    ...affinityProblems(spec),
    ...clusterIpProblems(spec, before),
    ...externalIpProblems(spec, before),
    ...oneOf('type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...portNumberProblems(spec),
    ...sourceRangeProblems(service, previous),
    ...loadBalancerProblems(spec),
    ...trafficProblems(spec),
  ]
}

function changeProblems(next: ServiceSpec, previous: ServiceSpec): FieldError[] {
  const errors = [...clusterIpChangeProblems(next, previous)]
  const areBoth = (holds: (spec: ServiceSpec) => boolean) => holds(next) && holds(previous)
  if (areBoth(({ type }) => type === 'LoadBalancer') && next.loadBalancerClass !== previous.loadBalancerClass) {
    errors.push(invalidValue(path.child('loadBalancerClass'), next.loadBalancerClass, 'may not change once set'))
  }
  if (areBoth(needsHealthCheckPort) && next.healthCheckNodePort !== previous.healthCheckNodePort) {
    errors.push(forbiddenField(path.child('healthCheckNodePort'), 'field is immutable'))
  }
  return errors
}

function annotationProblems({ metadata: { annotations = {} } }: KubeObject): FieldError[] {
  const [mode, hints] = [annotations[modeAnnotation], annotations[hintsAnnotation]]
  if (mode === undefined || hints === undefined || mode === hints) return []
  const at = fieldPath('metadata', 'annotations').key(modeAnnotation)
  return [invalidValue(at, mode, `must match annotations[${hintsAnnotation}] when both are specified`)]
}

function typeProblems(spec: ServiceSpec): FieldError[] {
  const { type, clusterIPs = [], ipFamilies = [], externalName = '' } = spec
  const errors: FieldError[] = []
  if (portsOf(spec).length === 0 && !isHeadless(spec) && type !== 'ExternalName') {
    errors.push(required(path.child('ports'), ''))
  }
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec)) {
    const at = path.child('clusterIPs').index(0)
    errors.push(invalidValue(at, clusterIPs[0], `may not be set to 'None' for ${type} services`))
  }
  if (type !== 'ExternalName') return errors
  const isSet: [string, boolean][] = [
    ['clusterIPs', clusterIPs.length > 0],
    ['ipFamilies', ipFamilies.length > 0],
    ['ipFamilyPolicy', spec.ipFamilyPolicy !== undefined],
  ]
  for (const [field, set] of isSet) {
    if (set) errors.push(forbiddenField(path.child(field), 'may not be set for ExternalName services'))
  }
  const name = externalName.replace(/\.$/, '')
  const at = path.child('externalName')
  if (name === '') return [...errors, required(at, '')]
  return [...errors, ...isDns1123Subdomain(name).map((problem) => invalidValue(at, name, problem))]
}

function affinityProblems({ sessionAffinity = '', sessionAffinityConfig }: ServiceSpec): FieldError[] {
  const errors = oneOf('sessionAffinity', sessionAffinity, ['ClientIP', 'None'])
  const at = path.child('sessionAffinityConfig')
  if (sessionAffinity === 'None' && sessionAffinityConfig !== undefined) {
    errors.push(forbiddenField(at, 'must not be set when session affinity is None'))
  }
  if (sessionAffinity !== 'ClientIP') return errors
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0
  if (seconds > 0 && seconds <= affinitySecondsLimit) return errors
  const detail = `must be greater than 0 and less than ${affinitySecondsLimit}`
  return [...errors, invalidValue(at.child('clientIP', 'timeoutSeconds'), seconds, detail)]
}

/** Addresses that were good once stay good. */
function externalIpProblems({ externalIPs = [] }: ServiceSpec, previous: ServiceSpec | undefined): FieldError[] {
  const known = new Set(previous?.externalIPs)
  return externalIPs.flatMap((address, index) => {
    const at = path.child('externalIPs').index(index)
    const problems = known.has(address) ? [] : isValidLegacyIp(address, { strict: true })
    if (problems.length > 0) return problems.map((problem) => invalidValue(at, address, problem))
    return endpointIpProblems(address).map((problem) => invalidValue(at, address, problem))
  })
}

/** Ranges stand in the spec, or in an annotation that is older. Upstream names the field with a capital letter. */
function sourceRangeProblems(service: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const { type, loadBalancerSourceRanges = [] } = specOf(service)
  const annotation = service.metadata.annotations?.[rangesAnnotation]
  const isInSpec = loadBalancerSourceRanges.length > 0
  if (!isInSpec && annotation === undefined) return []
  const at = isInSpec
    ? path.child('LoadBalancerSourceRanges')
    : fieldPath('metadata', 'annotations').key(rangesAnnotation)
  const errors = type === 'LoadBalancer' ? [] : [forbiddenField(at, forLoadBalancers)]
  const trimmed = (ranges: readonly string[]) => ranges.map((range) => range.trim())
  if (isInSpec) {
    const known = new Set(trimmed((previous && specOf(previous).loadBalancerSourceRanges) ?? []))
    for (const [index, range] of trimmed(loadBalancerSourceRanges).entries()) {
      if (!known.has(range)) errors.push(...cidrProblems(range, at.index(index)))
    }
    return errors
  }
  if (previous?.metadata.annotations?.[rangesAnnotation] === annotation || annotation?.trim() === '') return errors
  return [...errors, ...trimmed(annotation?.split(',') ?? []).flatMap((range) => cidrProblems(range, at))]
}

function cidrProblems(range: string, at: ReturnType<typeof path.child>): FieldError[] {
  return isValidLegacyCidr(range, { strict: true }).map((problem) => invalidValue(at, range, problem))
}

function loadBalancerProblems({ type, allocateLoadBalancerNodePorts, loadBalancerClass }: ServiceSpec): FieldError[] {
  if (type === 'LoadBalancer') {
    const at = path.child('loadBalancerClass')
    const problems = loadBalancerClass === undefined ? [] : isQualifiedName(loadBalancerClass)
    return problems.map((problem) => invalidValue(at, loadBalancerClass, problem))
  }
  const errors: FieldError[] = []
  if (allocateLoadBalancerNodePorts !== undefined) {
    errors.push(forbiddenField(path.child('allocateLoadBalancerNodePorts'), forLoadBalancers))
  }
  if (loadBalancerClass !== undefined) errors.push(forbiddenField(path.child('loadBalancerClass'), forLoadBalancers))
  return errors
}

function trafficProblems(spec: ServiceSpec): FieldError[] {
  const { externalTrafficPolicy = '', internalTrafficPolicy, trafficDistribution } = spec
  const errors: FieldError[] = []
  if (isExternallyAccessible(spec)) {
    errors.push(...oneOf('externalTrafficPolicy', externalTrafficPolicy, ['Cluster', 'Local']))
  } else if (externalTrafficPolicy !== '') {
    const detail = 'may only be set for externally-accessible services'
    errors.push(invalidValue(path.child('externalTrafficPolicy'), externalTrafficPolicy, detail))
  }
  errors.push(...healthCheckPortProblems(spec))
  if (internalTrafficPolicy !== undefined || spec.type !== 'ExternalName') {
    errors.push(...oneOf('internalTrafficPolicy', internalTrafficPolicy, ['Cluster', 'Local']))
  }
  if (trafficDistribution === undefined) return errors
  const known = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
  return [...errors, ...oneOf('trafficDistribution', trafficDistribution, known)]
}

function healthCheckPortProblems(spec: ServiceSpec): FieldError[] {
  const { healthCheckNodePort = 0 } = spec
  const at = path.child('healthCheckNodePort')
  if (!needsHealthCheckPort(spec)) {
    if (healthCheckNodePort === 0) return []
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    return [invalidValue(at, healthCheckNodePort, detail)]
  }
  if (healthCheckNodePort === 0) return [required(at, '')]
  return isValidPortNumber(healthCheckNodePort).map((problem) => invalidValue(at, healthCheckNodePort, problem))
}

function oneOf(field: string, value: string | undefined, known: readonly string[]): FieldError[] {
  if (value === undefined || value === '') return [required(path.child(field), '')]
  return known.includes(value) ? [] : [notSupported(path.child(field), value, known)]
}
