import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerOptions,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { serveMessage, serveUpgrade } from './http1-adapter.ts'
import { serveStream } from './http2-adapter.ts'
import { defaultServingLimits, type ServingLimits } from './limits.ts'
import { OpenConnections } from './open-connections.ts'
import { reportConnectionFailure, type Serve } from './serve.ts'
import { type ContextByName, namedContexts, secureContextOptions, type TlsSettings } from './tls-settings.ts'

/** How requests are answered, and within which limits. */
export interface Serving extends Serve {
  readonly limits?: Partial<ServingLimits>
}

/** Where and how to listen. */
export interface ListenOptions extends Serving {
  readonly tls: TlsSettings
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Called for every TLS handshake that fails. */
  readonly onHandshakeError?: (error: Error) => void
}

/** A listening TLS socket that speaks HTTP/2 and HTTP/1.1. */
export interface Listener {
  readonly host: string
  readonly port: number
  /** New connections get these certificates; those open keep theirs. Throws when they do not fit together. */
  replaceTls(settings: TlsSettings): void
  /**
   * Stops accepting and tells clients to go: idle connections end now, busy ones with their last answer. Resolves when
   * the last connection has ended.
   */
  release(): Promise<void>
  /** Ends every connection at once. */
  cut(): void
}

/** Starts listening. Rejects with the system's error when the address cannot be had. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const limits = { ...defaultServingLimits, ...options.limits }
  let byName = namedContexts(options.tls)
  const server = createServer(options, limits, (name) => byName(name))
  const connections = new OpenConnections(limits)
  serveHttp2(server, connections, options)
  // With a 'request' listener node:http2 would make request and response objects for every HTTP/2 stream too. It attaches
  // that behaviour in a 'newListener' listener of its own, which therefore goes first.
  server.removeAllListeners('newListener')
  serveHttp1(server, connections, options)
  server.on('secureConnection', (socket) => connections.addSocket(socket))
  if (server.listenerCount('stream') !== 1) throw new Error('node:http2 serves streams by itself')
  server.on('connection', (socket) => connections.addRaw(socket))
  server.on('tlsClientError', (error) => options.onHandshakeError?.(error))

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: options.host, port: options.port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  server.on('error', (error) => options.report('listener failed', error))
  const address = server.address() as AddressInfo
  let released: Promise<void> | undefined
  return {
    host: address.address,
    port: address.port,
    replaceTls(settings) {
      const contexts = namedContexts(settings)
      server.setSecureContext(secureContextOptions(settings))
      byName = contexts
    },
    release() {
      released ??= new Promise<void>((resolve) => server.close(() => resolve()))
      connections.release()
      return released
    },
    cut: () => connections.cut(),
  }
}

function createServer(options: ListenOptions, limits: ServingLimits, byName: ContextByName): Http2SecureServer {
  const server = createSecureServer({
    ...secureContextOptions(options.tls),
    SNICallback: (name, done) => done(null, byName(name)),
    allowHTTP1: true,
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: limits.handshakeTimeout,
    ...http2Options(limits),
  })
  // The HTTP/1.1 side reads its limits from properties of the server.
  return Object.assign(server, http1Limits(limits))
}

/** The limits of HTTP/2 as node:http2 takes them. */
export function http2Options(limits: ServingLimits): ServerOptions {
  return {
    maxHeaderListPairs: limits.headerCount,
    maxSessionMemory: limits.sessionMemory,
    settings: {
      maxConcurrentStreams: limits.maxConcurrentStreams,
      initialWindowSize: limits.streamWindow,
      maxHeaderListSize: limits.headerBytes,
    },
  }
}

/** The limits of HTTP/1.1 as node:http takes them. The time for a whole request is the filters' affair. */
export function http1Limits(limits: ServingLimits): Http1Limits {
  return {
    maxHeaderSize: limits.headerBytes,
    maxHeadersCount: limits.headerCount + 1,
    headersTimeout: limits.headersTimeout,
    keepAliveTimeout: limits.idleTimeout,
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(limits.headersTimeout, 5_000),
  }
}

type Http1Limits = Required<
  Pick<HttpServer, 'headersTimeout' | 'keepAliveTimeout' | 'requestTimeout'> & {
    maxHeaderSize: number
    maxHeadersCount: number
    connectionsCheckingInterval: number
  }
>

/** Has an HTTP/2 server answer its streams. */
export function serveHttp2(
  server: Http2Server | Http2SecureServer,
  connections: OpenConnections,
  serve: Serving,
): void {
  const { headerBytes, stallTimeout } = { ...defaultServingLimits, ...serve.limits }
  server.on('session', (session) => connections.addSession(session))
  server.on('sessionError', (error) => reportConnectionFailure(serve, 'HTTP/2 connection failed', error))
  const streams = server as unknown as StreamEvents
  streams.on('stream', (stream, headers, flags, rawHeaders) => {
    const connection = connections.beginStream(stream.session as ServerHttp2Session, stream)
    if (connection === undefined) stream.destroy()
    else serveStream({ stream, headers, flags, rawHeaders }, { connection, headerBytes, stallTimeout }, serve)
  })
}

/** Has a server answer HTTP/1.1. */
export function serveHttp1(
  server: HttpServer | Http2SecureServer,
  connections: OpenConnections,
  options: Serving,
): void {
  const { lingerTimeout, stallTimeout, headerCount } = { ...defaultServingLimits, ...options.limits }
  const http1 = server as unknown as Http1Events
  const serveOne = (incoming: IncomingMessage, outgoing: ServerResponse, beforeBody?: () => void): void => {
    const connection = connections.beginMessage(incoming.socket, outgoing)
    const closing = (): boolean => connections.released
    const exchange = { incoming, outgoing, connection, headerCount, lingerTimeout, stallTimeout, closing }
    serveMessage(beforeBody === undefined ? exchange : { ...exchange, beforeBody }, options)
  }
  http1.on('request', (incoming, outgoing) => serveOne(incoming, outgoing))
  http1.on('checkContinue', (incoming, outgoing) => serveOne(incoming, outgoing, () => outgoing.writeContinue()))
  http1.on('upgrade', (incoming, socket, head) => {
    serveUpgrade(
      incoming,
      { socket, head, connection: connections.beginMessage(socket), headerCount, stallTimeout },
      options,
    )
  })
}

interface StreamEvents {
  on(
    event: 'stream',
    listener: (
      stream: ServerHttp2Stream,
      headers: IncomingHttpHeaders,
      flags: number,
      rawHeaders: readonly string[],
    ) => void,
  ): this
}

interface Http1Events {
  on(event: 'request' | 'checkContinue', listener: (incoming: IncomingMessage, outgoing: ServerResponse) => void): this
  on(event: 'upgrade', listener: (incoming: IncomingMessage, socket: Socket, head: Buffer) => void): this
}
