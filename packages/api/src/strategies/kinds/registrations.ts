import { fieldPath, invalidValue, type KubeObject } from '@fairlead/apimachinery'
import { isTrueAt, listAt, objectAt, stringAt } from '../../values/read.ts'
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
