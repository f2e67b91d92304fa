import type { ApiRequest } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'
import { type Collection, encodeCollection } from './encode-collection.ts'
import type { Encoding } from './encode-object.ts'
import { acceptsGzip, gzipBody, gzipHeaders, gzipThreshold, throughGzip } from './gzip.ts'
import { mediaTypes, type WireFormat } from './media-type.ts'
import { collectPieces, pieceWriter } from './stream-pieces.ts'

type Answer = ApiResponse | Promise<ApiResponse>

/** A response whose body is all there. Compressed when it is large and the client takes gzip. */
export function respondWithBytes(
  request: Pick<ApiRequest, 'headers'>,
  status: number,
  { format, body }: { readonly format: WireFormat; readonly body: Uint8Array },
): Answer {
  return compressed(request, { status, headers: headersOf[format], body })
}

/** A response with its body compressed when that is large and the client takes gzip. */
export function compressed(
  request: Pick<ApiRequest, 'headers'>,
  response: ApiResponse & { readonly body: Uint8Array },
): Answer {
  const { body, headers } = response
  if (body.length <= gzipThreshold || !acceptsGzip(request)) return response
  const vary = [headers['vary'], gzipHeaders['vary']].filter((name) => name !== undefined).join(', ')
  return gzipBody(body).then((bytes) => ({ ...response, headers: { ...headers, ...gzipHeaders, vary }, body: bytes }))
}

/** A response with a list or a table; one that is large is written while it is made. */
export function respondWithCollection(
  request: Pick<ApiRequest, 'headers'>,
  status: number,
  { collection, encoding }: { readonly collection: Collection; readonly encoding: Encoding },
): ApiResponse {
  const headers = headersOf[encoding.format]
  const collected = collectPieces(encodeCollection(collection, encoding), gzipThreshold)
  if (collected.rest === undefined && collected.bytes.length <= gzipThreshold) {
    return { status, headers, body: collected.bytes }
  }
  const write = pieceWriter(collected)
  if (!acceptsGzip(request)) return { status, headers, body: write }
  return {
    status,
    headers: { ...headers, ...gzipHeaders },
    body: (sink) => throughGzip(sink, write),
  }
}

const headersOf: Readonly<Record<WireFormat, { readonly 'content-type': string }>> = {
  json: { 'content-type': mediaTypes.json },
  yaml: { 'content-type': mediaTypes.yaml },
  protobuf: { 'content-type': mediaTypes.protobuf },
}
