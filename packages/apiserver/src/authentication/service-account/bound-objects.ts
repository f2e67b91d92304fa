import { type KubeObject, notFound, parseTimestamp } from '@fairlead/apimachinery'

/** The core resources that tokens are bound to. */
export type BoundResource = 'serviceaccounts' | 'secrets' | 'pods' | 'nodes'

/** Finds the newest object; nodes have no namespace. */
export type FindBoundObject = (
  resource: BoundResource,
  key: { readonly namespace: string; readonly name: string },
) => Promise<KubeObject | undefined>

/** How long a token outlives the deletion of what it is bound to, and how far clocks may differ, in milliseconds. */
export const tokenLeeway = 60_000

/** Whether an object was deleted so long ago that tokens bound to it are over. */
export function isLongDeleted(object: KubeObject, now: number): boolean {
  const { deletionTimestamp } = object.metadata
  if (deletionTimestamp === undefined) return false
  const deleted = parseTimestamp(deletionTimestamp)
  return deleted !== undefined && deleted < now - tokenLeeway
}

/** The ServiceAccount; throws NotFound. */
export async function getServiceAccount(find: FindBoundObject, namespace: string, name: string): Promise<KubeObject> {
  const found = await find('serviceaccounts', { namespace, name })
  if (found === undefined) throw notFound({ group: '', resource: 'serviceaccounts' }, name)
  return found
}
