import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { isIP } from 'node:net'
import { type Clock, systemClock } from '@fairlead/apimachinery'
import { untilAborted } from '../abort.ts'
import { readBytes } from '../read-body.ts'
import { ConnectionError, type Transport, type TransportRequest, type TransportResponse } from '../transport.ts'
import { type ClientCertificate, type Credentials, credentialsOf } from './credentials.ts'
import type { ClusterAccess } from './kubeconfig.ts'

/** A transport over the network. */
export interface ServerTransport {
  readonly call: Transport
  /** Ends its connections. A later call makes one anew. */
  close(): void
}

/** A session that has been idle for so long is asked whether it is still there. */
const pingAfter = 30_000
/** The longest time that a timer takes, in milliseconds. */
const longest = 2 ** 31 - 1

/**
 * Calls a server over HTTP/2, many calls on one connection. The connection is made when it is first needed and made anew
 * when it has ended, when the server wants no more calls on it, when it does not answer a ping, or when the client
 * certificate has changed. From the first call until it is closed it keeps the process alive, connected or not: whoever
 * waits for a server to come back waits on timers that do not.
 */
export function createServerTransport(
  access: ClusterAccess,
  options: { readonly clock?: Clock } = {},
): ServerTransport {
  const clock = options.clock ?? systemClock
  const credentials = credentialsOf(access, clock)
  const sessions = createSessions(access, credentials, clock)
  return {
    async call(request) {
      request.signal?.throwIfAborted()
      const [authorization, session] = await Promise.all([
        credentials.authorization(),
        sessions.current(request.signal),
      ])
      const response = await send(session, request, { authorization, authority: new URL(access.server) })
      if (response.status === 401) credentials.refused()
      return response
    },
    close: sessions.close,
  }
}

interface Sessions {
  current(signal: AbortSignal | undefined): Promise<ClientHttp2Session>
  close(): void
}

interface OpenSession {
  readonly session: ClientHttp2Session
  /** Resolves when the session can be used. */
  readonly ready: Promise<void>
  /** The client certificate's key. */
  readonly key: string | undefined
}

function createSessions(access: ClusterAccess, credentials: Credentials, clock: Clock): Sessions {
  /** The one that takes new calls. */
  let open: OpenSession | undefined
  /** That one, and those that only finish the calls that they have. */
  const all = new Set<ClientHttp2Session>()
  let keepAlive: ReturnType<typeof setInterval> | undefined

  const start = (pair: ClientCertificate | undefined): OpenSession => {
    const session = connect(access.server, {
      ...(access.certificateAuthority === undefined ? {} : { ca: access.certificateAuthority }),
      ...(pair === undefined ? {} : { cert: pair.certificate, key: pair.key }),
      ...(access.insecureSkipTlsVerify === true ? { rejectUnauthorized: false } : {}),
      ...serverName(access),
    })
    const discard = (): void => {
      if (open?.session === session) open = undefined
    }
    all.add(session)
    session.on('goaway', discard)
    session.on('close', () => {
      discard()
      all.delete(session)
    })
    // Whoever waits for the session, or for a stream of it, hears of the error there.
    session.on('error', discard)
    watchOver(session, clock)
    const ready = connected(session)
    // Each call hears of it, and there may be none left.
    ready.catch(() => undefined)
    return { session, ready, key: pair?.key }
  }
  return {
    async current(signal) {
      keepAlive ??= setInterval(() => {}, longest)
      const pair = await credentials.certificate()
      if (open === undefined || open.key !== pair?.key || open.session.closed || open.session.destroyed) {
        open?.session.close()
        open = start(pair)
      }
      const { session, ready } = open
      await untilAborted(ready, signal)
      return session
    },
    close() {
      open = undefined
      clearInterval(keepAlive)
      keepAlive = undefined
      for (const session of all) session.destroy(new ConnectionError('the connection was closed'))
    },
  }
}

/** The name to verify; an address needs none and may not be one. */
function serverName({ server, tlsServerName }: ClusterAccess): { readonly servername?: string } {
  if (tlsServerName !== undefined) return { servername: tlsServerName }
  const { hostname } = new URL(server)
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? { servername: hostname } : {}
}

/** A connection whose other end has vanished without a word is found out by pings. */
function watchOver(session: ClientHttp2Session, clock: Clock): void {
  let cancel = clock.after(pingAfter, ping)
  let answered = true
  session.on('close', () => cancel())
  function ping(): void {
    // A session that takes no more calls is watched too: it may have long ones.
    if (session.destroyed) return
    if (!answered) {
      session.destroy(new ConnectionError('the connection has died'))
      return
    }
    answered = false
    session.ping(() => {
      answered = true
    })
    cancel = clock.after(pingAfter, ping)
  }
}

function connected(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    session.once('connect', () => {
      if (session.alpnProtocol === 'h2' || session.alpnProtocol === 'h2c') resolve()
      else session.destroy(new Error('the server does not offer HTTP/2'))
    })
    session.once('error', (error: Error) => reject(unsent(error)))
    session.once('close', () => reject(unsent(new Error('the connection was closed'))))
  })
}

function unsent(cause: Error): ConnectionError {
  return new ConnectionError(cause.message, { cause, unsent: true })
}

function send(
  session: ClientHttp2Session,
  { method, path, headers, body, signal }: TransportRequest,
  { authorization, authority }: { readonly authorization: string | undefined; readonly authority: URL },
): Promise<TransportResponse> {
  // Aborted while credentials or the connection were awaited: no listener would hear of it any more.
  if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
  return new Promise((resolve, reject) => {
    let stream: ClientHttp2Stream
    try {
      stream = session.request(
        {
          ...headers,
          ':method': method,
          ':path': `${authority.pathname.replace(/\/$/, '')}${path}`,
          ...(authorization === undefined ? {} : { authorization }),
        },
        { endStream: body === undefined },
      )
    } catch (cause) {
      reject(unsent(cause as Error))
      return
    }
    const onAbort = () => stream.close(constants.NGHTTP2_CANCEL)
    const fail = (error: unknown): void => reject(failure(error, { stream, signal }))
    signal?.addEventListener('abort', onAbort, { once: true })
    stream.once('close', () => {
      signal?.removeEventListener('abort', onAbort)
      fail(new Error('the connection was closed'))
    })
    stream.on('error', fail)
    stream.once('response', ({ ':status': status = 0, ...received }) => {
      const chunks = bodyOf(stream, signal)
      const bytes = (): Promise<Uint8Array> => readBytes(chunks)
      resolve({
        status,
        headers: received as TransportResponse['headers'],
        body: chunks,
        bytes,
        text: async () => new TextDecoder().decode(await bytes()),
      })
    })
    if (body !== undefined) writeBody(stream, body).catch(fail)
  })
}

async function writeBody(stream: ClientHttp2Stream, body: NonNullable<TransportRequest['body']>): Promise<void> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    stream.end(body)
    return
  }
  try {
    for await (const chunk of body) {
      // Leaving the loop tells the body that nobody reads it any more.
      if (stream.closed || stream.destroyed) return
      if (!stream.write(chunk)) await drained(stream)
    }
    stream.end()
  } catch (error) {
    stream.close(constants.NGHTTP2_CANCEL)
    throw error
  }
}

/** Resolves when the stream takes more, or nothing ever again. */
function drained(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed || stream.destroyed) {
      resolve()
      return
    }
    const settle = (): void => {
      stream.off('drain', settle).off('close', settle)
      resolve()
    }
    stream.on('drain', settle).on('close', settle)
  })
}

async function* bodyOf(stream: ClientHttp2Stream, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) yield chunk
  } catch (error) {
    throw failure(error, { stream, signal })
  }
  if (signal?.aborted === true) throw signal.reason
  if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw failure(undefined, { stream, signal })
}

function failure(
  cause: unknown,
  { stream, signal }: { readonly stream: ClientHttp2Stream; readonly signal: AbortSignal | undefined },
): unknown {
  if (signal?.aborted === true) return signal.reason
  const message = cause instanceof Error ? cause.message : 'the stream was reset'
  return new ConnectionError(message, { cause, unsent: stream.rstCode === constants.NGHTTP2_REFUSED_STREAM })
}
