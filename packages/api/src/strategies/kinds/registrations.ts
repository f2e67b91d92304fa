import {
  type FieldError,
  fieldPath,
  formatTimestamp,
  invalidValue,
  isValidPathSegmentName,
  type KubeObject,
  quote,
} from '@fairlead/apimachinery'
import { at, isTrueAt, listAt, objectAt, stringAt } from '../../values/read.ts'
import type { KindRules } from '../strategy-rules.ts'

/** Definitions of custom resources are named after their plural and group, and remember every version ever stored. */
export const customResourceDefinitionRules: KindRules = {
  prepareForCreate: rememberStorageVersion,
  prepareForUpdate: rememberStorageVersion,
  validateCreate(definition) {
    const { name = '' } = definition.metadata
    if (name === `${stringAt(definition, 'spec', 'names', 'plural')}.${stringAt(definition, 'spec', 'group')}`)
      return []
    return [invalidValue(fieldPath('metadata', 'name'), name, 'must be spec.names.plural+"."+spec.group')]
  },
}

function rememberStorageVersion(definition: KubeObject): void {
  const storage = listAt(definition, 'spec', 'versions').find((version) => isTrueAt(version, 'storage'))
  const name = stringAt(storage, 'name')
  const stored = listAt(definition, 'status', 'storedVersions')
  if (storage === undefined || stored.includes(name)) return
  definition['status'] = { ...objectAt(definition, 'status'), storedVersions: [...stored, name] }
}

/** API services are named after their version and group; those without a service are available at once. */
export const apiServiceRules: KindRules = {
  validateName: isValidPathSegmentName,
  prepareForCreate(service, { clock }) {
    if (at(service, 'spec', 'service') !== undefined) return
    const condition = {
      type: 'Available',
      status: 'True',
      lastTransitionTime: formatTimestamp(clock.now()),
      reason: 'Local',
      message: 'Local APIServices are always available',
    }
    service['status'] = { conditions: [condition] }
  },
  validateCreate: apiServiceNameErrors,
  statusKeepsMetadata: ['labels', 'annotations', 'finalizers', 'ownerReferences'],
}

function apiServiceNameErrors(service: KubeObject): readonly FieldError[] {
  const { name = '' } = service.metadata
  const wanted = `${stringAt(service, 'spec', 'version')}.${stringAt(service, 'spec', 'group')}`
  if (name === wanted || isValidPathSegmentName(name).length > 0) return []
  return [
    invalidValue(fieldPath('metadata', 'name'), name, `must be \`spec.version+"."+spec.group\`: ${quote(wanted)}`),
  ]
}
