import { operationGroupVersion, operationTag } from './operation-names.ts'
import { type PathItem, plainTypes } from './path-item.ts'
import { groupVersionPath } from './resource-paths.ts'

/** A path that is no resource and answers GET: discovery, the version, and what else a server has. */
export interface DocumentedEndpoint {
  /** With a slash at the end: `/apis/apps/`. */
  readonly path: string
  readonly tag: string
  readonly operationId: string
  readonly description: string
  /** Absent where the body is text. */
  readonly definition?: string
  readonly mediaTypes: readonly string[]
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.'

/** The discovery endpoints of the groups, the core group included, with their versions. */
export function discoveryEndpoints(
  groups: Iterable<readonly [group: string, versions: Iterable<string>]>,
): readonly DocumentedEndpoint[] {
  const named = [...groups]
  return [
    endpoint('/api/', { tag: 'core', id: 'getCoreAPIVersions', definition: 'APIVersions' }),
    endpoint('/apis/', { tag: 'apis', id: 'getAPIVersions', definition: 'APIGroupList' }),
    ...named.filter(([group]) => group !== '').map(([group]) => groupEndpoint(group)),
    ...named.flatMap(([group, versions]) => [...versions].map((version) => versionEndpoint(group, version))),
  ]
}

/** The path of an endpoint as documents hold it. */
export function endpointPath({ path, operationId, description, definition, mediaTypes }: DocumentedEndpoint): PathItem {
  const operation = {
    method: 'get',
    id: operationId,
    description,
    parameters: [],
    responses: { '200': definition },
    responseMediaTypes: mediaTypes,
    // Bodies of a type that the server knows say that they are also taken; a GET has none.
    consumes: definition === undefined ? [] : mediaTypes,
  } as const
  return { path, parameters: [], operations: [operation] }
}

const descriptions: Readonly<Record<string, string>> = {
  APIVersions: 'get available API versions',
  APIGroupList: 'get available API versions',
  APIGroup: 'get information of a group',
  APIResourceList: 'get available resources',
}

function endpoint(
  path: string,
  { tag, id, definition }: { readonly tag: string; readonly id: string; readonly definition: string },
): DocumentedEndpoint {
  return {
    path,
    tag,
    operationId: id,
    description: descriptions[definition] ?? '',
    definition: `${meta}${definition}`,
    mediaTypes: plainTypes({ protobuf: true }),
  }
}

function groupEndpoint(group: string): DocumentedEndpoint {
  const id = `get${operationGroupVersion(group, '')}APIGroup`
  return endpoint(`/apis/${group}/`, { tag: operationTag(group), id, definition: 'APIGroup' })
}

function versionEndpoint(group: string, version: string): DocumentedEndpoint {
  const id = `get${operationGroupVersion(group, version)}APIResources`
  const path = `${groupVersionPath(group, version)}/`
  return endpoint(path, { tag: operationTag(group, version), id, definition: 'APIResourceList' })
}
