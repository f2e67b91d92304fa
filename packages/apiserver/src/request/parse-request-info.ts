import { isValidPathSegmentName, parseFieldSelector, parseLabelSelector, StatusError } from '@fairlead/apimachinery'
import type { ApiRequest } from './api-request.ts'
import { isInt64OrAbsent, queryFlag } from './query-values.ts'
import type { RequestInfo } from './request-info.ts'
import { requestUri } from './request-target.ts'

/** The part of a request that its RequestInfo is parsed from. */
export type RequestLine = Pick<ApiRequest, 'method' | 'path' | 'rawPath' | 'rawQuery' | 'query'>

/** A path that looks like a resource request but names no resource (`/api/v1/watch`). Answered with 500. */
export class RequestInfoError extends Error {
  override readonly name = 'RequestInfoError'
}

const verbsByMethod: Readonly<Record<string, string | undefined>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/**
 * Parses what a request asks for (spec 1.1 and 1.2). The path is taken apart after decoding, without its leading and
 * trailing slashes. Throws RequestInfoError.
 */
export function parseRequestInfo(request: RequestLine): RequestInfo {
  const segments = splitPath(request.path)
  const [apiPrefix = ''] = segments
  const grouped = apiPrefix === 'apis'
  if (segments.length < 3 || (!grouped && apiPrefix !== 'api') || (grouped && segments.length < 4)) {
    return nonResource(request, segments.length >= 3 && grouped ? 'apis' : '')
  }
  const group = grouped ? (segments[1] ?? '') : ''
  const version = segments[grouped ? 2 : 1] ?? ''
  let parts = segments.slice(grouped ? 3 : 2)

  let verb = verbsByMethod[request.method] ?? ''
  let verbPrefix: RequestInfo['verbPrefix'] = ''
  if (parts[0] === 'watch' || parts[0] === 'proxy') {
    if (parts.length < 2) {
      throw new RequestInfoError(`unable to determine kind and namespace from url, ${requestUri(request)}`)
    }
    verbPrefix = parts[0]
    verb = verbPrefix
    parts = parts.slice(1)
  }

  let namespace = ''
  if (parts[0] === 'namespaces' && parts.length > 1) {
    namespace = parts[1] ?? ''
    if (parts.length > 2 && parts[2] !== 'status' && parts[2] !== 'finalize') parts = parts.slice(2)
  }
  const resource = parts[0] ?? ''
  let name = parts[1] ?? ''
  const subresource = verb === 'proxy' ? '' : (parts[2] ?? '')

  if (name === '' && verb === 'get') {
    verb = queryFlag(request.query, 'watch') ? 'watch' : 'list'
    name = request.rawQuery === '' ? '' : pinnedName(request.query)
  } else if (name === '' && verb === 'delete') {
    verb = 'deletecollection'
  }
  const selects = verbPrefix === '' && (verb === 'list' || verb === 'watch' || verb === 'deletecollection')
  const query = selects && request.rawQuery !== '' ? request.query : undefined
  return {
    isResourceRequest: true,
    path: request.path,
    verb,
    apiPrefix,
    group,
    version,
    namespace,
    resource,
    subresource,
    name,
    parts,
    verbPrefix,
    labelSelector: query?.get('labelSelector') ?? '',
    fieldSelector: query?.get('fieldSelector') ?? '',
  }
}

function nonResource(request: RequestLine, apiPrefix: string): RequestInfo {
  return {
    isResourceRequest: false,
    path: request.path,
    verb: request.method.toLowerCase(),
    apiPrefix,
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    parts: [],
    verbPrefix: '',
    labelSelector: '',
    fieldSelector: '',
  }
}

/** The one name that a field selector allows. Options that do not decode pin nothing; the handler will refuse them. */
function pinnedName(query: URLSearchParams): string {
  const selector = query.get('fieldSelector')
  if (selector === null || selector === '') return ''
  if (!isInt64OrAbsent(query, 'limit') || !isInt64OrAbsent(query, 'timeoutSeconds')) return ''
  try {
    parseLabelSelector(query.get('labelSelector') ?? '')
    const name = parseFieldSelector(selector).requiresExactMatch('metadata.name') ?? ''
    return isValidPathSegmentName(name).length === 0 ? name : ''
  } catch (error) {
    if (error instanceof StatusError) return ''
    throw error
  }
}

function splitPath(path: string): string[] {
  let start = 0
  let end = path.length
  while (start < end && path.charCodeAt(start) === 47) start += 1
  while (end > start && path.charCodeAt(end - 1) === 47) end -= 1
  return start === end ? [] : path.slice(start, end).split('/')
}
