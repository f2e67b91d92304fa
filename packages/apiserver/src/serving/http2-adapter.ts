import { constants, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { AbortSource } from '../request/abort-source.ts'
import type { ApiRequest } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'
import { discardResponse } from '../request/after-response.ts'
import { parseRequestTarget } from '../request/request-target.ts'
import { textErrorResponse } from '../request/responses.ts'
import type { Connection } from './connection.ts'
import { giveUpWhenStalled } from './give-up-when-stalled.ts'
import { emptyBody, SocketBody } from './request-body.ts'
import { responseParts } from './response-parts.ts'
import { clientGone, reportConnectionFailure, type Serve } from './serve.ts'
import { SocketRequest } from './socket-request.ts'
import { WritableSink } from './writable-sink.ts'

/** One request on an HTTP/2 stream, as node:http2 announces it. */
export interface IncomingStream {
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  readonly flags: number
  readonly rawHeaders: readonly string[]
}

/** Answers one HTTP/2 stream. Never throws and never rejects. */
export function serveStream(
  incoming: IncomingStream,
  limits: { readonly connection: Connection; readonly headerBytes: number; readonly stallTimeout: number },
  serve: Serve,
): void {
  const { stream } = incoming
  const { connection, headerBytes, stallTimeout } = limits
  const abort = new AbortSource()
  stream.on('close', () => abort.abort(clientGone))
  stream.on('error', (error) => reportConnectionFailure(serve, 'HTTP/2 stream failed', error))
  const method = incoming.headers[':method'] ?? ''
  const ended = (incoming.flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
  const exchange: Exchange = { stream, method, abort, serve, ended, stallTimeout }
  // node:http2 advertises the limit but does not hold clients to it.
  if (totalLength(incoming.rawHeaders) > headerBytes) {
    send(exchange, textErrorResponse(431, '431 Request Header Fields Too Large'))
    return
  }
  const request = readRequest(incoming, { connection, abort, ended })
  if (request === undefined) {
    send(exchange, textErrorResponse(400, '400 Bad Request'))
    return
  }
  serve
    .handle(request)
    .then((response) => send(exchange, response))
    .catch((error: unknown) => {
      serve.report('request failed', error)
      breakOff(stream)
    })
}

function readRequest(
  incoming: IncomingStream,
  {
    connection,
    abort,
    ended,
  }: { readonly connection: Connection; readonly abort: AbortSource; readonly ended: boolean },
): ApiRequest | undefined {
  const { stream } = incoming
  const target = parseRequestTarget(incoming.headers[':path'] ?? '')
  if (target === undefined) return undefined
  const headers = copyHeaders(incoming.headers)
  const expects = headers['expect']?.toLowerCase() === '100-continue'
  const length = headers['content-length']
  return new SocketRequest({
    method: incoming.headers[':method'] ?? '',
    target,
    headers,
    rawHeaders: incoming.rawHeaders,
    protocol: 'HTTP/2.0',
    body: ended
      ? emptyBody
      : new SocketBody(
          stream,
          length === undefined ? undefined : Number(length),
          expects ? () => stream.additionalHeaders({ ':status': 100 }) : undefined,
        ),
    connection,
    abort,
  })
}

function totalLength(texts: readonly string[]): number {
  let length = 0
  for (const text of texts) length += text.length
  return length
}

function copyHeaders(from: IncomingHttpHeaders): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {}
  for (const name in from) {
    if (name.startsWith(':')) continue
    const value = from[name]
    headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  headers['host'] ??= from[':authority']
  return headers
}

interface Exchange {
  readonly stream: ServerHttp2Stream
  readonly method: string
  readonly abort: AbortSource
  readonly serve: Serve
  /** The request came without a body. */
  readonly ended: boolean
  readonly stallTimeout: number
}

function send(exchange: Exchange, response: ApiResponse): void {
  const { stream, method, abort, serve } = exchange
  if (stream.destroyed || stream.closed) {
    discard(response, serve)
    return
  }
  const parts = responseParts(response, method)
  if (parts.close) closeAfter(stream, stream.session as ServerHttp2Session | undefined)
  // A body that was not read to its end would hold the client's window; the client is told to stop sending.
  if (!exchange.ended && !stream.readableEnded) stream.once('finish', () => stopReading(stream))
  const headers = { ':status': parts.status, ...parts.headers }
  if (parts.bytes !== undefined) {
    stream.respond(headers)
    end(exchange, parts.bytes)
  } else if (parts.writer === undefined || method === 'HEAD') {
    stream.respond(headers, { endStream: true })
    discard(response, serve)
  } else {
    stream.respond(headers)
    parts.writer(new WritableSink(stream, abort)).then(
      () => end(exchange),
      (error: unknown) => {
        if (!stream.destroyed) serve.report('response body failed', error)
        breakOff(stream)
      },
    )
  }
}

function end({ stream, stallTimeout }: Exchange, bytes?: Uint8Array): void {
  stream.end(bytes)
  giveUpWhenStalled(stream, stallTimeout, () => stream.close(constants.NGHTTP2_CANCEL))
}

/** Resets the stream. `close` with an error code would first send the end of the body, and a part would pass for the whole. */
function breakOff(stream: ServerHttp2Stream): void {
  stream.destroy(Object.assign(new Error('the response broke off'), { code: 'ECANCELED' }))
}

function stopReading(stream: ServerHttp2Stream): void {
  if (stream.destroyed || stream.readableEnded) return
  stream.resume()
  stream.close(constants.NGHTTP2_NO_ERROR)
}

function closeAfter(stream: ServerHttp2Stream, session: ServerHttp2Session | undefined): void {
  stream.once('close', () => {
    if (session !== undefined && !session.closed) session.close()
  })
}

function discard(response: ApiResponse, serve: Serve): void {
  discardResponse(response).catch((error: unknown) => serve.report('response body failed', error))
}
