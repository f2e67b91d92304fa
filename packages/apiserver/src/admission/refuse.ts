import { forbidden } from '@fairlead/apimachinery'
import type { StatusError } from '@fairlead/apimachinery'
import type { AdmissionAttributes } from './admission.ts'

/** The Forbidden with which a plugin refuses. An object that has no name yet is named by its generateName. */
export function refuseAdmission(attributes: AdmissionAttributes, reason: string): StatusError {
  const { name, object, resource } = attributes
  const shown = name || object?.metadata.name || object?.metadata.generateName || 'Unknown'
  return forbidden({ group: resource.group, resource: resource.resource }, shown, reason)
}
