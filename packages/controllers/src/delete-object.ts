import type { KubeObject } from '@fairlead/apimachinery'
import type { ResourceClient } from '@fairlead/client'
import { ignoringChanges } from './ignoring-changes.ts'

/** Deletes this very object: one that is gone, or that another has taken the name of, is no longer in the way. */
export async function deleteObject(objects: ResourceClient<KubeObject>, { metadata }: KubeObject): Promise<void> {
  const { namespace = '', name = '', uid } = metadata
  const ours = namespace === '' ? objects : objects.namespace(namespace)
  await ours.delete(name, uid === undefined ? {} : { preconditions: { uid } }).catch(ignoringChanges)
}
