import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { TestCertificate } from './authority.ts'

export type ServerRequest = IncomingMessage | Http2ServerRequest
export type ServerAnswer = ServerResponse | Http2ServerResponse

export interface ExtensionServerOptions {
  readonly certificate: TestCertificate
  /** Asked for client certificates of this bundle; not verified by TLS, so that tests can look. */
  readonly clientCa?: string
  /** HTTP/1.1 only when false. */
  readonly http2?: boolean
  readonly maxConcurrentStreams?: number
  readonly port?: number
  handle(request: ServerRequest, answer: ServerAnswer): void
  readonly upgrade?: (request: IncomingMessage, socket: Socket, head: Buffer) => void
}

/** A TLS server that tests script: what stands behind the front proxy. */
export interface ExtensionServer {
  readonly port: number
  readonly sessions: ReadonlySet<ServerHttp2Session>
  readonly sockets: ReadonlySet<TLSSocket>
  /** Streams and messages whose client has not got everything yet. */
  readonly open: () => number
  replaceCertificate(certificate: TestCertificate): void
  /** Ends the connection of a request without a word: no stream is ended first, as closing its session may do. */
  cut(request: ServerRequest): void
  /** Cuts every connection and stops listening. */
  close(): Promise<void>
}

export async function startExtensionServer(options: ExtensionServerOptions): Promise<ExtensionServer> {
  const tls = (certificate: TestCertificate) => ({
    cert: certificate.certificate,
    key: certificate.key,
    ...(options.clientCa === undefined ? {} : { ca: options.clientCa }),
  })
  const settings = {
    ...tls(options.certificate),
    requestCert: options.clientCa !== undefined,
    rejectUnauthorized: false,
  }
  const server: Http2SecureServer | HttpsServer =
    options.http2 === false
      ? createHttpsServer(settings)
      : createSecureServer({
          ...settings,
          allowHTTP1: true,
          maxSessionMemory: 256,
          ...(options.maxConcurrentStreams === undefined
            ? {}
            : { settings: { maxConcurrentStreams: options.maxConcurrentStreams } }),
        })
  const sessions = new Set<ServerHttp2Session>()
  const sockets = new Set<TLSSocket>()
  const raw = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    raw.add(socket)
    socket.on('close', () => raw.delete(socket))
  })
  let open = 0
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => undefined)
    session.on('close', () => sessions.delete(session))
  })
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('sessionError', () => undefined)
  server.on('request', (request: Http2ServerRequest, answer: Http2ServerResponse) => {
    open += 1
    const stream = answer.stream as ServerHttp2Stream | undefined
    const done = stream ?? answer
    done.on('close', () => {
      open -= 1
    })
    options.handle(request, answer)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => undefined)
    if (options.upgrade === undefined) socket.destroy()
    else options.upgrade(request, socket, head)
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    sockets,
    open: () => open,
    replaceCertificate: (certificate) => server.setSecureContext(tls(certificate)),
    cut({ socket: { remotePort } }) {
      for (const socket of raw) if (socket.remotePort === remotePort) socket.destroy()
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const session of sessions) session.destroy()
      for (const socket of [...sockets, ...raw]) socket.destroy()
      await closed
    },
  }
}
