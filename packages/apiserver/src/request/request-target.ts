/** A request target taken apart: the path as sent and decoded, and the query without its question mark. */
export interface RequestTarget {
  readonly rawPath: string
  readonly path: string
  readonly rawQuery: string
}

const absoluteForm = /^https?:\/\/[^/?#]*/i

/**
 * Parses the target of a request line or a `:path`. Absolute form (`GET http://host/path`) loses scheme and authority;
 * `*` (OPTIONS) stays as it is. Undefined when it is not a path or its percent encoding is not valid UTF-8.
 */
export function parseRequestTarget(target: string): RequestTarget | undefined {
  const local = target.startsWith('/') ? target : target.replace(absoluteForm, '')
  if (!local.startsWith('/') && local !== '*') {
    if (local === target) return undefined
    return parseRequestTarget(`/${local}`)
  }
  const mark = local.indexOf('?')
  const rawPath = mark < 0 ? local : local.slice(0, mark)
  const path = decodePath(rawPath)
  if (path === undefined) return undefined
  return { rawPath, path, rawQuery: mark < 0 ? '' : local.slice(mark + 1) }
}

function decodePath(rawPath: string): string | undefined {
  if (!rawPath.includes('%')) return rawPath
  try {
    return decodeURIComponent(rawPath)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

/** The request URI as clients and messages know it: path and query as they were sent. */
export function requestUri(request: { readonly rawPath: string; readonly rawQuery: string }): string {
  return request.rawQuery === '' ? request.rawPath : `${request.rawPath}?${request.rawQuery}`
}
