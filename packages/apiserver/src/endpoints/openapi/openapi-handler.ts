import { createHash } from 'node:crypto'
import { formatGroupVersion } from '@fairlead/apimachinery'
import { type DefinitionSource, openApiV2Document, openApiV3Document } from '@fairlead/openapi'
import { parseAccept } from '../../negotiation/accept-header.ts'
import type { ApiResponse, ResponseHeaders } from '../../request/api-response.ts'
import type { RequestContext } from '../../request/request-context.ts'
import type { ServedResource } from '../served-resource.ts'
import { documentedResource } from './documented-resources.ts'
import { gzipWhenAccepted } from './gzip-document.ts'
import { type RenderedDocument, renderDocument } from './rendered-document.ts'
import { encodeV2Protobuf } from './v2-protobuf.ts'

/** What the documents are made of. */
export interface OpenApiOptions {
  /** The same array until something changes: documents made of it are kept. */
  served(): readonly ServedResource[]
  definitions(): Promise<DefinitionSource>
  readonly gitVersion: string
  /** Milliseconds since the epoch. */
  now(): number
}

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

  function serveIndex(context: RequestContext, cache: DocumentCache): ApiResponse | Promise<ApiResponse> {
    return conditional(context, cache.index(), { 'content-type': 'application/json' })
  }

  /** A hash in the URL names one immutable document; a stale one is redirected to the URL of today. */
  async function serveV3(context: RequestContext, cache: DocumentCache, path: string): Promise<ApiResponse> {
    const hash = cache.hashOf(path)
    if (hash === undefined) return { status: 404, headers: {} }
    if (!acceptsJson(context.request.headers['accept'])) return { status: 406, headers: {} }
    const wanted = context.request.query.get('hash')
    if (wanted !== null && wanted !== '' && wanted !== hash) {
      return { status: 301, headers: { location: documentUrl(path, hash) } }
    }
    const document = { ...(await cache.v3(path)), hash }
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

function documentUrl(path: string, hash: string): string {
  return `/openapi/v3/${path}?hash=${hash}`
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

interface DocumentCache {
  v2(): Promise<RenderedDocument>
  v2Protobuf(): Promise<RenderedDocument>
  index(): RenderedDocument
  hashOf(path: string): string | undefined
  v3(path: string): Promise<RenderedDocument>
}

/**
 * Keeps documents until the served resources change. The hash of a v3 document is taken of what the document is made of,
 * so that the index can name it before the document exists.
 */
function createDocumentCache(options: OpenApiOptions): DocumentCache {
  let served: readonly ServedResource[] | undefined
  let byPath = new Map<string, GroupVersionDocument>()
  let rendered = new Map<string, Promise<RenderedDocument>>()
  let modified = options.now()

  function refresh(): void {
    const current = options.served()
    if (current === served) return
    served = current
    byPath = groupVersionDocuments(current, options.gitVersion)
    rendered = new Map()
    modified = options.now()
  }

  function once(key: string, make: () => Promise<RenderedDocument>): Promise<RenderedDocument> {
    const known = rendered.get(key)
    if (known !== undefined) return known
    const made = make()
    rendered.set(key, made)
    made.catch(() => rendered.delete(key))
    return made
  }

  const v2Document = async () =>
    openApiV2Document({
      resources: options.served().map(documentedResource),
      definitions: await options.definitions(),
      gitVersion: options.gitVersion,
    })

  return {
    v2() {
      refresh()
      return once('v2', async () => renderDocument(await v2Document(), options.now))
    },
    v2Protobuf() {
      refresh()
      return once('v2 protobuf', async () => {
        const bytes = await encodeV2Protobuf(await v2Document())
        return { bytes, hash: sha512(bytes), modified }
      })
    },
    index() {
      refresh()
      const paths: Record<string, { serverRelativeURL: string }> = {}
      for (const [path, { hash }] of byPath) paths[path] = { serverRelativeURL: documentUrl(path, hash) }
      const bytes = Buffer.from(JSON.stringify({ paths }))
      return { bytes, hash: sha512(bytes), modified }
    },
    hashOf(path) {
      refresh()
      return byPath.get(path)?.hash
    },
    v3(path) {
      refresh()
      return once(path, async () => {
        const entry = byPath.get(path)
        if (entry === undefined) throw new Error(`no OpenAPI document for ${path}`)
        const { group, version, resources } = entry
        const definitions = await options.definitions()
        const document = openApiV3Document({
          group,
          version,
          resources: resources.map(documentedResource),
          definitions,
          gitVersion: options.gitVersion,
        })
        return renderDocument(document, options.now)
      })
    },
  }
}

interface GroupVersionDocument {
  readonly group: string
  readonly version: string
  readonly resources: ServedResource[]
  hash: string
}

function groupVersionDocuments(
  served: readonly ServedResource[],
  gitVersion: string,
): Map<string, GroupVersionDocument> {
  const documents = new Map<string, GroupVersionDocument>()
  for (const resource of served) {
    const { group, version } = resource
    const path = `${group === '' ? 'api' : 'apis'}/${formatGroupVersion({ group, version })}`
    const entry = documents.get(path)
    if (entry) entry.resources.push(resource)
    else documents.set(path, { group, version, resources: [resource], hash: '' })
  }
  for (const entry of documents.values()) {
    entry.hash = sha512(Buffer.from(JSON.stringify([gitVersion, entry.resources.map(documentedResource)])))
  }
  return documents
}

function sha512(bytes: Uint8Array): string {
  return createHash('sha512').update(bytes).digest('hex').toUpperCase()
}
