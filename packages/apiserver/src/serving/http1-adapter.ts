import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { AbortSource } from '../request/abort-source.ts'
import type { ApiRequest, ConnectionUpgrade } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'
import { discardResponse } from '../request/after-response.ts'
import { parseRequestTarget } from '../request/request-target.ts'
import { textErrorResponse } from '../request/responses.ts'
import type { Connection } from './connection.ts'
import { giveUpWhenStalled } from './give-up-when-stalled.ts'
import { refuseMessage } from './refuse-message.ts'
import { emptyBody, SocketBody } from './request-body.ts'
import { responseParts } from './response-parts.ts'
import { clientGone, reportConnectionFailure, type Serve } from './serve.ts'
import { SocketRequest } from './socket-request.ts'
import { WritableSink } from './writable-sink.ts'

/** One HTTP/1.1 request and the way to answer it. */
export interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly connection: Connection
  /** Answers the client's `Expect: 100-continue`, when it sent one. */
  readonly beforeBody?: () => void
  /** Headers that a message may have. */
  readonly headerCount: number
  /** Milliseconds for which the rest of an unread body is thrown away before the connection is closed. */
  readonly lingerTimeout: number
  /** Milliseconds for which the client may take nothing of a response that waits for it. */
  readonly stallTimeout: number
  /** True once the server wants to be rid of its connections. */
  readonly closing: () => boolean
}

/** Answers one HTTP/1.1 request. Never throws and never rejects. */
export function serveMessage(exchange: Exchange, serve: Serve): void {
  const { incoming, outgoing } = exchange
  const abort = new AbortSource()
  outgoing.on('close', () => abort.abort(clientGone))
  outgoing.on('error', (error) => reportConnectionFailure(serve, 'HTTP/1.1 response failed', error))
  const open = { ...exchange, abort, method: incoming.method ?? '' }
  answer(refuseMessage(incoming, exchange.headerCount) ?? readRequest(exchange, abort), open, serve)
}

/** Answers a request that asks to take the connection over; the handler may also answer it plainly. */
export function serveUpgrade(
  incoming: IncomingMessage,
  taken: {
    readonly socket: Duplex
    readonly head: Buffer
    readonly connection: Connection
    readonly headerCount: number
    readonly stallTimeout: number
  },
  serve: Serve,
): void {
  const { socket, head, connection, ...limits } = taken
  const abort = new AbortSource()
  let accepted = false
  socket.on('close', () => abort.abort(clientGone))
  socket.on('error', (error) => reportConnectionFailure(serve, 'upgraded connection failed', error))
  const upgrade: ConnectionUpgrade = {
    protocol: (incoming.headers.upgrade ?? '').toLowerCase(),
    accept() {
      if (accepted) throw new Error('the connection was taken over already')
      accepted = true
      return { socket, head }
    },
  }
  const request = refuseMessage(incoming, limits.headerCount) ?? readRequest({ incoming, connection }, abort, upgrade)
  const outgoing = new ServerResponse(incoming)
  const method = incoming.method ?? ''
  const exchange = { incoming, outgoing, connection, abort, method, ...limits, lingerTimeout: 0 }
  const ready = (response: ApiResponse): ApiResponse => {
    if (accepted) {
      if (response.upgraded === true) return response
      // The client speaks another protocol by now; there is no way left to tell it of a failure.
      socket.destroy()
      return { status: response.status, headers: {}, upgraded: true }
    }
    if (response.upgraded !== true) {
      outgoing.assignSocket(socket as Parameters<typeof outgoing.assignSocket>[0])
      outgoing.shouldKeepAlive = false
      outgoing.once('finish', () => socket.end())
    }
    return response
  }
  answer(request, { ...exchange, closing: () => true }, serve, ready)
}

interface OpenExchange extends Exchange {
  readonly abort: AbortSource
  readonly method: string
}

/** Sends the answer to a request, or the refusal that stands in place of one. `ready` sees it first. */
function answer(
  request: ApiRequest | ApiResponse,
  exchange: OpenExchange,
  serve: Serve,
  ready: (response: ApiResponse) => ApiResponse = (response) => response,
): void {
  const answered = 'status' in request ? Promise.resolve(request) : serve.handle(request)
  answered
    .then((response) => send(exchange, ready(response), serve))
    .catch((error: unknown) => {
      serve.report('request failed', error)
      exchange.incoming.socket.destroy()
    })
}

function readRequest(
  exchange: Pick<Exchange, 'incoming' | 'connection' | 'beforeBody'>,
  abort: AbortSource,
  upgrade?: ConnectionUpgrade,
): ApiRequest | ApiResponse {
  const { incoming, connection } = exchange
  const target = parseRequestTarget(incoming.url ?? '')
  if (target === undefined) return textErrorResponse(400, '400 Bad Request', { connection: 'close' })
  const headers: Record<string, string | undefined> = {}
  for (const name in incoming.headers) {
    const value = incoming.headers[name]
    headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  const length = headers['content-length']
  const bodiless = upgrade !== undefined || (length === undefined && headers['transfer-encoding'] === undefined)
  return new SocketRequest({
    method: incoming.method ?? '',
    target,
    headers,
    rawHeaders: incoming.rawHeaders,
    protocol: 'HTTP/1.1',
    body: bodiless
      ? emptyBody
      : new SocketBody(incoming, length === undefined ? undefined : Number(length), exchange.beforeBody),
    connection,
    abort,
    ...(upgrade === undefined ? {} : { upgrade }),
  })
}

async function send(exchange: OpenExchange, response: ApiResponse, serve: Serve): Promise<void> {
  const { incoming, outgoing, method, abort } = exchange
  if (response.upgraded === true) {
    if (typeof response.body === 'function') await response.body(new WritableSink(incoming.socket, abort))
    return
  }
  if (outgoing.destroyed) {
    await discardResponse(response)
    return
  }
  const parts = responseParts(response, method)
  const unread = !incoming.complete
  if (parts.close || unread || exchange.closing()) outgoing.setHeader('connection', 'close')
  outgoing.writeHead(parts.status, parts.headers)
  if (parts.writer !== undefined && method !== 'HEAD') {
    outgoing.flushHeaders()
    try {
      await parts.writer(new WritableSink(outgoing, abort))
    } catch (error) {
      if (!outgoing.destroyed) serve.report('response body failed', error)
      incoming.socket.destroy()
      return
    }
    end(exchange)
    return
  }
  if (parts.writer !== undefined) await discardResponse(response)
  if (unread && parts.bytes !== undefined && exchange.lingerTimeout > 0) {
    outgoing.write(parts.bytes)
    await linger(incoming, exchange.lingerTimeout)
    end(exchange)
  } else {
    end(exchange, parts.bytes)
  }
}

function end({ incoming, outgoing, stallTimeout }: OpenExchange, bytes?: Uint8Array): void {
  outgoing.end(bytes)
  giveUpWhenStalled(outgoing, stallTimeout, () => incoming.socket.destroy())
}

/**
 * Reads on for a moment after an early answer. A connection closed with bytes unread is reset, and the client would see
 * the reset in place of the answer.
 */
function linger(incoming: IncomingMessage, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, timeout)
    function done(): void {
      clearTimeout(timer)
      incoming.off('end', done).off('close', done)
      resolve()
    }
    incoming.on('end', done).on('close', done)
    incoming.resume()
  })
}
