import type { ApiResponse, ResponseHeaders } from '../../request/api-response.ts'
import type { RequestContext } from '../../request/request-context.ts'
import { parseAccept } from '../../negotiation/accept-header.ts'
import { createDocumentCache, type DocumentCache, documentUrl, type OpenApiOptions } from './document-cache.ts'
import { gzipWhenAccepted } from './gzip-document.ts'
import type { RenderedDocument } from './rendered-document.ts'

/** Answers the paths of the documents; undefined for all others. */
export type OpenApiHandler = (context: RequestContext) => Promise<ApiResponse | undefined>

const v2ProtobufTypes: ReadonlySet<string> = new Set([
  'com.github.proto-openapi.spec.v2@v1.0+protobuf',
  'com.github.proto-openapi.spec.v2.v1.0+protobuf',
])
const v2ProtobufResponseType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
const year = 365 * 24 * 60 * 60 * 1000

/** `/openapi/v2`, `/openapi/v3` and the document of each group-version under it. Documents are made when asked for. */
export function createOpenApiHandler(options: OpenApiOptions): OpenApiHandler {
  const documents = createDocumentCache(options)
  return async (context) => {
    const { method, path } = context.request
    if ((method !== 'GET' && method !== 'HEAD') || !path.startsWith('/openapi/')) return undefined
    if (path === '/openapi/v2') return serveV2(context, documents)
    if (path === '/openapi/v3' || path === '/openapi/v3/') return serveIndex(context, documents)
    return path.startsWith('/openapi/v3/') ? serveV3(context, documents, path.slice('/openapi/v3/'.length)) : undefined
  }

  async function serveV2(context: RequestContext, cache: DocumentCache): Promise<ApiResponse> {
    const form = v2Form(context.request.headers['accept'])
    if (form === undefined) return { status: 406, headers: {} }
    const document = await (form === 'json' ? cache.v2() : cache.v2Protobuf())
    const type = form === 'json' ? 'application/json' : v2ProtobufResponseType
    return conditional(context, document, { 'content-type': type })
  }

  async function serveIndex(context: RequestContext, cache: DocumentCache): Promise<ApiResponse> {
    return conditional(context, await cache.index(), { 'content-type': 'application/json' })
  }

  /** A hash in the URL names one immutable document; a stale one is redirected to the URL of today. */
  async function serveV3(context: RequestContext, cache: DocumentCache, path: string): Promise<ApiResponse> {
    const found = cache.v3(path)
    if (found === undefined) return { status: 404, headers: {} }
    if (!acceptsJson(context.request.headers['accept'])) return { status: 406, headers: { vary: 'Accept' } }
    const document = await found
    const wanted = context.request.query.get('hash')
    if (wanted !== null && wanted !== '' && wanted !== document.hash) {
      return { status: 301, headers: { location: documentUrl(path, document.hash) } }
    }
    if (wanted === null || wanted === '') return conditional(context, document, { 'content-type': 'application/json' })
    return conditional(context, document, {
      'content-type': 'application/json',
      'cache-control': 'public, immutable',
      expires: new Date(options.now() + year).toUTCString(),
    })
  }
}

function conditional(
  { request }: RequestContext,
  { bytes, hash, modified }: RenderedDocument,
  headers: ResponseHeaders,
): ApiResponse | Promise<ApiResponse> {
  const etag = `"${hash}"`
  const all = { ...headers, etag, vary: 'Accept', 'last-modified': new Date(modified).toUTCString() }
  if (request.headers['if-none-match'] === etag) return { status: 304, headers: all }
  return gzipWhenAccepted(request, { status: 200, headers: all, body: bytes })
}

function v2Form(accept: string | undefined): 'json' | 'protobuf' | undefined {
  if (accept === undefined || accept === '') return 'json'
  for (const { type, subtype } of parseAccept(accept)) {
    if (type === '*' || (type === 'application' && (subtype === '*' || subtype === 'json'))) return 'json'
    if (type === 'application' && v2ProtobufTypes.has(subtype)) return 'protobuf'
  }
  return undefined
}

function acceptsJson(accept: string | undefined): boolean {
  return accept === undefined || accept === '' || v2Form(accept) === 'json' || parseAccept(accept).some(isJson)
}

function isJson({ type, subtype }: { readonly type: string; readonly subtype: string }): boolean {
  return type === '*' || (type === 'application' && (subtype === '*' || subtype === 'json'))
}
