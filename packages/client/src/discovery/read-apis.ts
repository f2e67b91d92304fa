import { formatGroupVersion, parseJson, StatusError } from '@fairlead/apimachinery'
import type { Requester } from '../request/requester.ts'
import { type GroupDiscoveryList, readAggregated } from './aggregated.ts'
import type { ApiResource, DiscoveredApis } from './api-resource.ts'
import { type ApiGroupList, type ApiResourceList, type ApiVersions, readGroups, readResources } from './legacy.ts'

const aggregatedTypes = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',')

type RootDocument = GroupDiscoveryList | ApiVersions | ApiGroupList

/** A root document with the tag under which the server remembers it. */
export interface CachedRoot {
  readonly etag: string | undefined
  readonly document: RootDocument | undefined
}

/** The two root documents; what has not changed since `before` is not sent again. */
export async function readRoots(
  requester: Requester,
  before: readonly CachedRoot[] | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly [CachedRoot, CachedRoot]> {
  return Promise.all([
    readRoot(requester, '/api', before?.[0], signal),
    readRoot(requester, '/apis', before?.[1], signal),
  ])
}

/** What the root documents lead to: nothing more to read when they are aggregated, else a document a group-version. */
export async function readApis(
  requester: Requester,
  roots: readonly [CachedRoot, CachedRoot],
  signal: AbortSignal | undefined,
): Promise<DiscoveredApis> {
  const documents = roots.map(({ document }) => document)
  const aggregated = documents.filter((document): document is GroupDiscoveryList => isAggregated(document))
  if (aggregated.length > 0 && documents.every((document) => document === undefined || isAggregated(document))) {
    return readAggregated(aggregated)
  }
  const groups = readGroups(
    documents.find((document): document is ApiVersions => document?.kind === 'APIVersions'),
    documents.find((document): document is ApiGroupList => document?.kind === 'APIGroupList'),
  )
  const read = readAggregated(aggregated)
  const failures = new Map(read.failures)
  const versions = groups.flatMap(({ name, versions: served }) => served.map((version) => ({ group: name, version })))
  const resources = await Promise.all(
    versions.map(async (groupVersion): Promise<readonly ApiResource[]> => {
      const name = formatGroupVersion(groupVersion)
      try {
        const path = groupVersion.group === '' ? `/api/${name}` : `/apis/${name}`
        return readResources(await requester.json<ApiResourceList>({ path, ...(signal ? { signal } : {}) }))
      } catch (error) {
        if (!StatusError.is(error)) throw error
        failures.set(name, error)
        return []
      }
    }),
  )
  return { groups: [...read.groups, ...groups], resources: [...read.resources, ...resources.flat()], failures }
}

async function readRoot(
  requester: Requester,
  path: string,
  before: CachedRoot | undefined,
  signal: AbortSignal | undefined,
): Promise<CachedRoot> {
  try {
    const response = await requester.send({
      path,
      accept: aggregatedTypes,
      headers: { 'if-none-match': before?.etag },
      ...(signal ? { signal } : {}),
    })
    const bytes = await response.bytes()
    if (response.status === 304 && before !== undefined) return before
    const etag = response.headers['etag']
    return {
      etag: typeof etag === 'string' ? etag : undefined,
      document: parseJson(bytes) as unknown as RootDocument,
    }
  } catch (error) {
    // Servers without a core group, or without others, have no such document.
    if (StatusError.is(error) && (error.code === 404 || error.code === 403))
      return { etag: undefined, document: undefined }
    throw error
  }
}

function isAggregated(document: RootDocument | undefined): document is GroupDiscoveryList {
  return document?.kind === 'APIGroupDiscoveryList'
}
