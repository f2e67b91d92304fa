import { isJsonObject, type JsonObject } from '@fairlead/apimachinery'
import type { RequestInfo } from '@fairlead/apiserver'

/** Whether what a request is for is among the resources that a server last said it has. */
export function listsResource(
  resources: readonly JsonObject[],
  { resource, subresource }: Pick<RequestInfo, 'resource' | 'subresource'>,
): boolean {
  const found = resources.find((entry) => entry['resource'] === resource)
  if (found === undefined) return false
  if (subresource === '') return true
  const { subresources } = found
  return (
    Array.isArray(subresources) &&
    subresources.some((entry) => isJsonObject(entry) && entry['subresource'] === subresource)
  )
}
