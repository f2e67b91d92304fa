import { formatGroupVersion, isJsonObject, type JsonObject, parseJson } from '@fairlead/apimachinery'
import type { UserInfo } from '@fairlead/apiserver'
import type { Clock } from '@fairlead/apimachinery'
import { discoveryPath, aggregatorUser } from '../availability/probe.ts'
import type { Backend } from '../backend/backend.ts'
import type { CollectedResponse } from '../backend/collect.ts'
import { fetchDocument } from '../backend/fetch-document.ts'
import { resourcesOfLegacyList, withResponseKinds } from './convert-legacy.ts'

/** The aggregated document first; servers that do not know it answer with something else. */
const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

/** Fallbacks are asked for without the groups of administrators, as upstream does. */
const plainUser: UserInfo = { name: aggregatorUser.name, groups: [] }

const timeout = 5_000
const limit = 16 << 20

/** What one server said of all its group-versions. */
export interface ServerDiscovery {
  readonly etag: string | undefined
  /** Resources by `group/version`. */
  readonly versions: ReadonlyMap<string, readonly JsonObject[]>
}

export interface FetchDiscoveryOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * The discovery of a server: its aggregated document, unchanged from `known` when it says so. Undefined when the server
 * has none: then each group-version is asked for by itself. Rejects when there is no answer (DM-2, DM-3).
 */
export async function fetchServerDiscovery(
  backend: Backend,
  known: ServerDiscovery | undefined,
  options: FetchDiscoveryOptions,
): Promise<ServerDiscovery | undefined> {
  const response = await fetchDocument(backend, '/apis', {
    ...options,
    user: aggregatorUser,
    accept,
    etag: known?.etag,
    timeout,
    limit,
  })
  const { status, headers } = response
  if (status === 304 && known !== undefined) return known
  if (status === 503) throw new Error('the server answered discovery with 503')
  if (status !== 200 || !isAggregated(headers['content-type'])) return undefined
  const etag = headers['etag']
  return { etag: typeof etag === 'string' ? etag : undefined, versions: versionsOf(parse(response)) }
}

/** The resources of one group-version of a server without an aggregated document. */
export async function fetchLegacyDiscovery(
  backend: Backend,
  groupVersion: { readonly group: string; readonly version: string },
  options: FetchDiscoveryOptions,
): Promise<readonly JsonObject[]> {
  const path = discoveryPath(groupVersion)
  const response = await fetchDocument(backend, path, {
    ...options,
    user: plainUser,
    accept: 'application/json',
    timeout,
    limit,
  })
  if (response.status !== 200) throw new Error(`failed to download legacy discovery for ${path}: ${response.status}`)
  const { resources } = parse(response)
  // Servers in Go write an empty list as null.
  if (resources === null) return []
  if (!Array.isArray(resources)) throw new Error(`${path} answered no APIResourceList`)
  return resourcesOfLegacyList(resources, groupVersion.group, groupVersion.version)
}

function isAggregated(contentType: string | readonly string[] | undefined): boolean {
  const text = String(contentType ?? '').replaceAll(' ', '')
  return (
    text.startsWith('application/json') &&
    text.includes('g=apidiscovery.k8s.io') &&
    text.includes('v=v2') &&
    !text.includes('v=v2beta1') &&
    text.includes('as=APIGroupDiscoveryList')
  )
}

function versionsOf(document: JsonObject): ReadonlyMap<string, readonly JsonObject[]> {
  const versions = new Map<string, readonly JsonObject[]>()
  for (const item of objects(document['items'])) {
    const metadata = item['metadata']
    const group = isJsonObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : ''
    for (const entry of objects(item['versions'])) {
      const version = typeof entry['version'] === 'string' ? entry['version'] : ''
      versions.set(formatGroupVersion({ group, version }), objects(entry['resources']).map(withResponseKinds))
    }
  }
  return versions
}

function parse({ body }: CollectedResponse): JsonObject {
  const value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body))
  if (!isJsonObject(value)) throw new Error('the document is no object')
  return value
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
