import { type GroupVersionResource, isValidPathSegmentName, parseGroupVersion } from '@fairlead/apimachinery'

/** Where something of a resource lies. */
export interface ResourceLocation {
  /** Empty: cluster-scoped, or all namespaces. */
  readonly namespace: string
  readonly name?: string
  readonly subresource?: string
}

/** The path of a resource, of an object of it, or of a subresource. Throws for names that no path can carry. */
export function resourcePath({ group, version, resource }: GroupVersionResource, at: ResourceLocation): string {
  const parts = [group === '' ? '/api' : `/apis/${segment('group', group)}`, segment('version', version)]
  if (at.namespace !== '') parts.push('namespaces', segment('namespace', at.namespace))
  parts.push(segment('resource', resource))
  if (at.name !== undefined) parts.push(segment('resource name', at.name))
  if (at.subresource !== undefined) parts.push(...at.subresource.split('/').map((part) => segment('subresource', part)))
  return parts.join('/')
}

/** The resource that an `apiVersion` and a plural name stand for. */
export function resourceOf(apiVersion: string, resource: string): GroupVersionResource {
  const groupVersion = parseGroupVersion(apiVersion)
  if (groupVersion === undefined) throw new TypeError(`unexpected GroupVersion string: ${apiVersion}`)
  return { ...groupVersion, resource }
}

function segment(what: string, value: string): string {
  if (value === '') throw new TypeError(`${what} may not be empty`)
  const problems = isValidPathSegmentName(value)
  if (problems.length > 0) throw new TypeError(`invalid ${what} ${JSON.stringify(value)}: ${problems.join(', ')}`)
  return encodeURIComponent(value)
}
