import {
  type FieldError,
  fieldPath,
  formatTimestamp,
  invalidValue,
  isDns1035Label,
  isDns1123Subdomain,
  isValidPathSegmentName,
  isValidPortNumber,
  type JsonObject,
  type KubeObject,
  notSupported,
  quote,
  required,
} from '@fairlead/apimachinery'
import { at, isObject, isTrueAt, listAt, numberAt, stringAt } from '../../values/read.ts'
import type { KindRules } from '../strategy-rules.ts'

const spec = fieldPath('spec')

/** API services are named after their version and group; those without a service are available at once. */
export const apiServiceRules: KindRules = {
  validateName: isValidPathSegmentName,
  prepareForCreate(service, { clock }) {
    if (isRemote(service)) return
    const condition = {
      type: 'Available',
      status: 'True',
      lastTransitionTime: formatTimestamp(clock.now()),
      reason: 'Local',
      message: 'Local APIServices are always available',
    }
    service['status'] = { conditions: [condition] }
  },
  validateCreate: (service) => [...nameErrors(service), ...specErrors(service)],
  validateUpdate: (service) => [...nameErrors(service), ...specErrors(service)],
  validateStatusUpdate: statusErrors,
  statusKeepsMetadata: ['labels', 'annotations', 'finalizers', 'ownerReferences'],
}

/** The port of a Service that does not name one is that of HTTPS. */
export function defaultServicePort(apiService: JsonObject): void {
  const service = at(apiService, 'spec', 'service')
  if (isObject(service) && service['port'] === undefined) service['port'] = 443
}

function isRemote(service: KubeObject): boolean {
  return isObject(at(service, 'spec', 'service'))
}

function nameErrors(service: KubeObject): readonly FieldError[] {
  const { name = '' } = service.metadata
  const wanted = `${stringAt(service, 'spec', 'version')}.${stringAt(service, 'spec', 'group')}`
  if (name === wanted || isValidPathSegmentName(name).length > 0) return []
  return [
    invalidValue(fieldPath('metadata', 'name'), name, `must be \`spec.version+"."+spec.group\`: ${quote(wanted)}`),
  ]
}

function specErrors(service: KubeObject): readonly FieldError[] {
  return [...groupVersionErrors(service), ...priorityErrors(service), ...targetErrors(service)]
}

function groupVersionErrors(service: KubeObject): readonly FieldError[] {
  const group = stringAt(service, 'spec', 'group')
  const version = stringAt(service, 'spec', 'version')
  const groupErrors =
    group === ''
      ? version === 'v1'
        ? []
        : [required(spec.child('group'), 'only v1 may have an empty group and it better be legacy kube')]
      : isDns1123Subdomain(group).map((problem) => invalidValue(spec.child('group'), group, problem))
  return [
    ...groupErrors,
    ...isDns1035Label(version).map((problem) => invalidValue(spec.child('version'), version, problem)),
  ]
}

function priorityErrors(service: KubeObject): readonly FieldError[] {
  return (
    [
      ['groupPriorityMinimum', 20_000],
      ['versionPriority', 1_000],
    ] as const
  ).flatMap(([field, maximum]) => {
    const value = numberAt(service, 'spec', field) ?? 0
    if (value > 0 && value <= maximum) return []
    return [invalidValue(spec.child(field), value, `must be positive and less than ${maximum}`)]
  })
}

function targetErrors(service: KubeObject): readonly FieldError[] {
  const insecure = spec.child('insecureSkipTLSVerify')
  const isInsecure = isTrueAt(service, 'spec', 'insecureSkipTLSVerify')
  const bundleSize = Math.floor((stringAt(service, 'spec', 'caBundle').replaceAll('=', '').length * 3) / 4)
  if (!isRemote(service)) {
    return [
      ...(bundleSize === 0
        ? []
        : [invalidValue(spec.child('caBundle'), `${bundleSize} bytes`, 'local APIServices may not have a caBundle')]),
      ...(isInsecure ? [invalidValue(insecure, true, 'local APIServices may not have insecureSkipTLSVerify')] : []),
    ]
  }
  const port = numberAt(service, 'spec', 'service', 'port') ?? 443
  const portProblems = isValidPortNumber(port)
  return [
    ...(['namespace', 'name'] as const)
      .filter((field) => stringAt(service, 'spec', 'service', field) === '')
      .map((field) => required(spec.child('service', field), '')),
    ...(portProblems.length === 0
      ? []
      : [invalidValue(spec.child('service', 'port'), port, `port is not valid: ${portProblems.join(', ')}`)]),
    ...(isInsecure && bundleSize > 0 ? [invalidValue(insecure, true, 'may not be true if caBundle is present')] : []),
  ]
}

const conditionStatuses = ['True', 'False', 'Unknown']

function statusErrors(service: KubeObject): readonly FieldError[] {
  return listAt(service, 'status', 'conditions').flatMap((condition, index) => {
    const status = stringAt(condition, 'status')
    if (conditionStatuses.includes(status)) return []
    return [notSupported(fieldPath('status', 'conditions').index(index).child('status'), status, conditionStatuses)]
  })
}
