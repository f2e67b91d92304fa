import { badRequest, type KubeObject, type ObjectMeta } from '@fairlead/apimachinery'
import type { ServedResource } from '../served-resource.ts'

/** The metadata of an object; made when the body has none. */
export function ensureMetadata(object: KubeObject): ObjectMeta {
  const metadata = object.metadata as ObjectMeta | null | undefined
  if (metadata !== null && metadata !== undefined) return metadata
  object.metadata = {}
  return object.metadata
}

/** Erases what only the server may say of a new object. */
export function wipeSystemFields(metadata: ObjectMeta): void {
  delete metadata.creationTimestamp
  delete metadata.uid
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  delete metadata['selfLink']
}

/** The namespace that objects of a request must have; a Namespace has none, although its URL looks like it. */
export function expectedNamespace(resource: ServedResource, namespace: string): string {
  return resource.group === '' && resource.resource === 'namespaces' ? '' : namespace
}

/** Fills in the namespace of the request, or clears it at cluster scope. Throws BadRequest when the object has another. */
export function reconcileNamespace(metadata: ObjectMeta, namespace: string): void {
  const own = metadata.namespace ?? ''
  if (own === namespace) return
  if (own === '') {
    metadata.namespace = namespace
  } else if (namespace === '') {
    delete metadata.namespace
  } else {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

/** Throws BadRequest unless the object has the name of the URL. */
export function checkName(metadata: ObjectMeta, name: string): void {
  const own = metadata.name ?? ''
  if (own === '') {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  }
  if (own !== name) {
    throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`)
  }
}
