import type { DocumentedResource } from './documented-resource.ts'
import { namespaceParameter, type Parameter } from './parameters.ts'

/** `/apis/apps/v1`, `/api/v1`. */
export function groupVersionPath(group: string, version: string): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`
}

/** The path of a collection in its scope; `prefix` is `/watch` or nothing. */
export function basePath({ group, version, namespaced, resource }: DocumentedResource, prefix = ''): string {
  return `${groupVersionPath(group, version)}${prefix}${namespaced ? '/namespaces/{namespace}' : ''}/${resource}`
}

/** The parameters that such a path needs. */
export function scopeParameters({ namespaced }: Pick<DocumentedResource, 'namespaced'>): readonly Parameter[] {
  return namespaced ? [namespaceParameter] : []
}
