import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Clock } from '@fairlead/apimachinery'
import { readBytes } from '../read-body.ts'
import { ConnectionError, type TransportRequest, type TransportResponse } from '../transport.ts'
import { type Connection, unsent } from './connection.ts'
import { writeBody } from './write-body.ts'

/** How often a connection is asked whether the other end is still there, and how long that has to answer. */
const pingEvery = 30_000
const pingTimeout = 15_000

/** Carries many calls at a time over a socket whose other end has chosen HTTP/2. */
export function createHttp2Connection(server: string, socket: TLSSocket, clock: Clock): Connection {
  const session = connect(server, { createConnection: () => socket })
  let isUsable = true
  const end = (): void => {
    isUsable = false
  }
  session.on('goaway', end)
  session.on('close', end)
  // Whoever waits for a stream hears of the error there.
  session.on('error', end)
  watchOver(session, socket, clock)
  return {
    get isUsable() {
      return isUsable && !session.closed && !session.destroyed
    },
    get isOver() {
      return session.destroyed
    },
    send: (request) => send(session, request),
    retire: () => session.close(),
    // For the server it is the end of a connection, and no failure; for calls it is one.
    destroy: () => session.destroy(new ConnectionError('the connection was closed'), constants.NGHTTP2_NO_ERROR),
  }
}

/**
 * A connection whose other end has vanished without a word is found out by pings. An answer may come late behind much else;
 * whatever has come tells that somebody is there. A connection that takes no more calls is watched too: it may have long
 * ones.
 */
function watchOver(session: ClientHttp2Session, socket: TLSSocket, clock: Clock): void {
  let cancel = clock.after(pingEvery, ping)
  session.on('close', () => cancel())

  function ping(): void {
    if (session.destroyed) return
    const received = socket.bytesRead
    let answered = false
    session.ping(() => {
      answered = true
    })
    cancel = clock.after(pingTimeout, () => {
      if (answered || socket.bytesRead !== received) cancel = clock.after(pingEvery - pingTimeout, ping)
      else session.destroy(new ConnectionError('the connection has died'))
    })
  }
}

function send(
  session: ClientHttp2Session,
  { method, path, headers, body, signal }: TransportRequest,
): Promise<TransportResponse> {
  // Aborted while credentials or the connection were awaited: no listener would hear of it any more.
  if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
  return new Promise((resolve, reject) => {
    let stream: ClientHttp2Stream
    try {
      stream = session.request({ ...headers, ':method': method, ':path': path }, { endStream: body === undefined })
    } catch (cause) {
      reject(unsent(cause as Error))
      return
    }
    const isWhole = watchEnd(stream)
    const cancel = () => stream.close(constants.NGHTTP2_CANCEL)
    const fail = (error: unknown): void => reject(failure(error, { stream, signal }))
    signal?.addEventListener('abort', cancel, { once: true })
    stream.once('close', () => {
      signal?.removeEventListener('abort', cancel)
      fail(new Error('the connection was closed'))
    })
    stream.on('error', fail)
    stream.once('response', ({ ':status': status = 0, ...received }) => {
      const chunks = bodyOf(stream, isWhole, signal)
      const bytes = (): Promise<Uint8Array> => readBytes(chunks)
      resolve({
        status,
        headers: received as TransportResponse['headers'],
        body: chunks,
        bytes,
        text: async () => new TextDecoder().decode(await bytes()),
      })
    })
    if (body === undefined) return
    writeBody(stream, body).catch((error: unknown) => {
      fail(error)
      cancel()
    })
  })
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
  return () => ended && stream.rstCode === constants.NGHTTP2_NO_ERROR
}

async function* bodyOf(
  stream: ClientHttp2Stream,
  isWhole: () => boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) yield chunk
  } catch (error) {
    throw failure(error, { stream, signal })
  }
  if (signal?.aborted === true) throw signal.reason
  if (!isWhole()) throw failure(undefined, { stream, signal })
}

function failure(
  cause: unknown,
  { stream, signal }: { readonly stream: ClientHttp2Stream; readonly signal: AbortSignal | undefined },
): unknown {
  if (signal?.aborted === true) return signal.reason
  const message = cause instanceof Error ? cause.message : 'the stream was reset'
  return new ConnectionError(message, { cause, unsent: stream.rstCode === constants.NGHTTP2_REFUSED_STREAM })
}
