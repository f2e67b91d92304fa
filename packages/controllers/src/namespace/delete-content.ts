import { formatGroupVersion, ignoring, type KubeObject } from '@fairlead/apimachinery'
import type { ApiResource, Client, DiscoveredApis, PartialObjectMetadata } from '@fairlead/client'
import { preferredResources } from '../discovery/preferred-resources.ts'

/** What emptying a namespace has found. */
export interface ContentFound {
  /** How many objects are left, by `resource.group`; the core group's names end with the dot. */
  readonly remaining: ReadonlyMap<string, number>
  /** In how many of them each finalizer stands. */
  readonly finalizers: ReadonlyMap<string, number>
  readonly failures: readonly Error[]
  /** Group-versions whose resources are not known, and why. */
  readonly undiscovered: DiscoveredApis['failures']
  /** Seconds that what is left may take. */
  readonly estimate: number
}

/** Objects with finalizers are looked at again after this many seconds (upstream's estimate). */
const finalizerEstimate = 15

/**
 * Deletes everything in a namespace. Pods go first, so that what protects them outlives them: while there are any, nothing
 * else is deleted. Tries every resource, whatever becomes of the others.
 */
export async function deleteContent(client: Client, namespace: string): Promise<ContentFound> {
  const apis = await client.discovery.refresh()
  const remaining = new Map<string, number>()
  const finalizers = new Map<string, number>()
  const failures: Error[] = []
  let estimate = 0
  const resources = preferredResources(apis, emptying).filter(({ namespaced }) => namespaced)
  const pods = resources.filter(({ group, resource }) => group === '' && resource === 'pods')
  const others = resources.filter((resource) => !pods.includes(resource))
  for (const resource of pods) await empty(resource)
  const wait = remaining.size > 0
  await Promise.all(others.map((resource) => (wait ? count(resource) : empty(resource))))
  return { remaining, finalizers, failures, undiscovered: unknownContent(apis), estimate }

  async function empty(resource: ApiResource): Promise<void> {
    try {
      await deleteAll(client, resource, namespace)
    } catch (error) {
      failures.push(asError(error))
    }
    await count(resource)
  }

  async function count(resource: ApiResource): Promise<void> {
    try {
      const left = await listMetadata(client, resource, namespace)
      if (left.length === 0) return
      remaining.set(`${resource.resource}.${resource.group}`, left.length)
      for (const { metadata } of left) {
        for (const finalizer of metadata.finalizers ?? []) {
          finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1)
        }
        const grace = metadata.deletionGracePeriodSeconds ?? 0
        estimate = Math.max(estimate, grace > 0 ? grace : finalizerEstimate)
      }
    } catch (error) {
      failures.push(asError(error))
    }
  }
}

/** The verbs of what a namespace can be emptied of. */
const emptying = ['list', 'delete']

/**
 * Group-versions that may hold something that nobody can see. A server that is down and is known to have had nothing that a
 * namespace could be emptied of, such as one for metrics, keeps no namespace waiting; upstream waits for every server.
 */
function unknownContent({ failures, resources }: DiscoveredApis): DiscoveredApis['failures'] {
  return new Map(
    [...failures].filter(([groupVersion]) => {
      const known = resources.filter((resource) => formatGroupVersion(resource) === groupVersion)
      const isHarmless = ({ namespaced, verbs }: ApiResource): boolean =>
        !namespaced || !emptying.every((verb) => verbs.includes(verb))
      return known.length === 0 || !known.every(isHarmless)
    }),
  )
}

async function deleteAll(client: Client, resource: ApiResource, namespace: string): Promise<void> {
  const objects = client.resource(formatGroupVersion(resource), resource.resource).namespace(namespace)
  if (resource.verbs.includes('deletecollection')) {
    await objects.deleteCollection({ propagationPolicy: 'Background' })
    return
  }
  for (const { metadata } of await listMetadata(client, resource, namespace)) {
    await objects.delete(metadata.name ?? '', { propagationPolicy: 'Background' }).catch(ignoring('NotFound'))
  }
}

async function listMetadata(
  client: Client,
  resource: ApiResource,
  namespace: string,
): Promise<readonly (PartialObjectMetadata | KubeObject)[]> {
  const objects = client.resource(formatGroupVersion(resource), resource.resource).namespace(namespace)
  return (await objects.metadataOnly().list()).items
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
