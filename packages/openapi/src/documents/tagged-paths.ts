import type { DocumentedResource } from './documented-resource.ts'
import { type DocumentedEndpoint, endpointPath } from './endpoint-paths.ts'
import { operationTag } from './operation-names.ts'
import { pathItems } from './operations.ts'
import type { PathItem } from './path-item.ts'
import type { Pause } from './pause.ts'

/** A path with the tag of its operations. */
export interface TaggedPath {
  readonly item: PathItem
  readonly tag: string
}

/** The paths of endpoints and resources, made a resource at a time. */
export async function taggedPaths(
  {
    endpoints,
    resources,
  }: {
    readonly endpoints: readonly DocumentedEndpoint[]
    readonly resources: readonly DocumentedResource[]
  },
  pause: Pause,
): Promise<readonly TaggedPath[]> {
  const paths: TaggedPath[] = endpoints.map((endpoint) => ({ item: endpointPath(endpoint), tag: endpoint.tag }))
  for (const resource of resources) {
    const tag = operationTag(resource.group, resource.version)
    for (const item of pathItems(resource)) paths.push({ item, tag })
    await pause()
  }
  return paths
}
