import { createMergePatch, isJsonObject, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import type { ResourceClient, WriteOptions } from '@fairlead/client'

/**
 * Makes `status` the status of an object that was read, by a merge patch of what differs. Writes nothing, and gives the same
 * object back, when nothing does. As lists are replaced as a whole, it is refused (409) when the object has changed since it
 * was read.
 */
export async function patchStatus<T extends KubeObject>(
  resource: ResourceClient<T>,
  object: T,
  status: object,
  options?: WriteOptions,
): Promise<T> {
  const { name = '', namespace = '', resourceVersion } = object.metadata
  const current = object['status']
  const difference = createMergePatch(isJsonObject(current) ? current : {}, status as JsonObject)
  if (Object.keys(difference).length === 0) return object
  const patch = {
    metadata: resourceVersion === undefined ? {} : { resourceVersion },
    status: difference,
  }
  const ours = namespace === '' ? resource : resource.namespace(namespace)
  return await ours.subresource('status').patch(name, patch, { ...options, type: 'merge' })
}
