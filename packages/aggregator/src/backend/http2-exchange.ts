import { type ClientHttp2Session, type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2'
import type { ApiResponse, ResponseHeaders } from '@fairlead/apiserver'
import { BackendError, type FailureStage } from './backend.ts'
import { exchangeFailure } from './failure-text.ts'
import { pumpBody } from './pump-body.ts'
import { sendBody } from './send-body.ts'
import type { WireRequest } from './wire-request.ts'

/** One request on an HTTP/2 connection. `ended` is called once, when its stream is over. */
export function exchangeHttp2(
  session: ClientHttp2Session,
  request: WireRequest,
  ended: () => void,
): Promise<ApiResponse> {
  const { method, body, signal } = request
  const stream = open(session, request)
  stream.once('close', ended)
  // `close` would first send the end of a body that is under way, and a part would pass for the whole.
  const cancel = (): void => {
    stream.destroy(new Error('context canceled'))
  }
  signal.addEventListener('abort', cancel)
  stream.once('close', () => signal.removeEventListener('abort', cancel))
  const isWhole = watchEnd(stream)
  let sentBytes = false
  let answered = false
  return new Promise((resolve, reject) => {
    const fail = (error: Error | undefined): void => {
      // What ends a response is told with its body.
      if (answered) return
      if (signal.aborted) reject(new BackendError('context canceled', { cause: signal.reason, stage: 'sent' }))
      else {
        const cause = error ?? new Error('EOF')
        reject(new BackendError(exchangeFailure(cause), { cause, stage: stageOf(stream, sentBytes) }))
      }
    }
    stream.on('error', fail)
    stream.once('close', () => fail(undefined))
    stream.once('response', (headers, flags) => {
      answered = true
      const empty = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
      if (empty) stream.resume()
      resolve({
        status: Number(headers[':status']),
        headers: responseHeaders(headers),
        body: (sink) =>
          empty || method === 'HEAD' ? drain(stream) : pumpBody({ source: stream, isWhole, cancel }, sink),
      })
    })
    if (body === undefined) return
    sendBody(body, stream, () => {
      sentBytes = true
    }).catch(cancel)
  })
}

function open(session: ClientHttp2Session, { method, path, headers, authority, body }: WireRequest): ClientHttp2Stream {
  try {
    return session.request(
      {
        ...(headers as Record<string, string | string[]>),
        ':method': method,
        ':path': path,
        ':authority': authority,
        ':scheme': 'https',
      },
      { endStream: body === undefined },
    )
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause))
    throw new BackendError(exchangeFailure(error), { cause, stage: 'refused' })
  }
}

/**
 * Tells whether the server has ended a stream. One that it has reset without an error, as servers do that are going away,
 * ends for readers in the same way and has the same code; but Node closes it before it says so.
 */
function watchEnd(stream: ClientHttp2Stream): () => boolean {
  const { push } = stream
  let ended = false
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk === null && !stream.closed) ended = true
    return push.call(stream, chunk, encoding)
  }
  return () => ended && !stream.rstCode
}

/**
 * Streams that the server refused, or that come after the last one that its GOAWAY promises to answer, have not been
 * looked at. With part of the body gone there is nothing left to send again.
 */
function stageOf(stream: ClientHttp2Stream, sentBytes: boolean): FailureStage {
  const untouched = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || stream.pending
  return untouched && !sentBytes ? 'refused' : 'sent'
}

function responseHeaders(from: IncomingHttpHeaders): ResponseHeaders {
  const headers: Record<string, string | readonly string[]> = {}
  for (const name in from) {
    const value = from[name]
    if (value !== undefined && !name.startsWith(':')) headers[name] = value
  }
  return headers
}

async function drain(stream: ClientHttp2Stream): Promise<void> {
  stream.resume()
}
