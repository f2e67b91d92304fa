import type { ServerResponse } from 'node:http'
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type Connection, readConnection } from './connection.ts'
import type { ServingLimits } from './limits.ts'

interface Session {
  readonly connection: Connection
  streams: number
}

interface Http1Socket {
  readonly connection: Connection
  busy: number
}

/** The connections of one listener: who is at the other end, which are idle, and how all of them end. */
export class OpenConnections {
  readonly #limits: ServingLimits
  readonly #read: (socket: Socket) => Connection
  readonly #raw = new Set<Socket>()
  /** Connections without a request yet, oldest first. A TLS socket and the TCP socket below it have one key. */
  readonly #silent = new Map<string, Socket>()
  readonly #sessions = new Map<ServerHttp2Session, Session>()
  readonly #sockets = new Map<Socket, Http1Socket>()
  #released = false

  constructor(
    limits: ServingLimits,
    read: (socket: Socket) => Connection = (socket) => readConnection(socket as TLSSocket),
  ) {
    this.#limits = limits
    this.#read = read
  }

  /** True once clients are being told to go. */
  get released(): boolean {
    return this.#released
  }

  /** A TCP connection, before its handshake. */
  addRaw(socket: Socket): void {
    const key = peerKey(socket)
    this.#raw.add(socket)
    this.#silent.set(key, socket)
    socket.once('close', () => {
      this.#raw.delete(socket)
      if (this.#silent.get(key) === socket) this.#silent.delete(key)
    })
    const [oldest] = this.#silent
    if (oldest !== undefined && this.#silent.size > this.#limits.maxSilentConnections) {
      this.#silent.delete(oldest[0])
      oldest[1].destroy()
    }
  }

  addSession(session: ServerHttp2Session): void {
    // The proxy that node:http2 puts in front of the socket passes the properties through that are read here.
    const entry = { connection: this.#read(session.socket as Socket), streams: 0 }
    this.#sessions.set(session, entry)
    session.once('close', () => this.#sessions.delete(session))
    session.setLocalWindowSize(this.#limits.connectionWindow)
    session.setTimeout(this.#limits.idleTimeout, () => {
      if (entry.streams === 0) session.close()
    })
    if (this.#released) session.close()
  }

  /** The connection of a new stream, which counts as busy until it is closed. */
  beginStream(session: ServerHttp2Session, stream: ServerHttp2Stream): Connection | undefined {
    const entry = this.#sessions.get(session)
    if (entry === undefined) return undefined
    if (this.#silent.size > 0) this.#silent.delete(peerKey(session.socket as Socket))
    entry.streams += 1
    stream.once('close', () => {
      entry.streams -= 1
    })
    return entry.connection
  }

  /** A connection that agreed on HTTP/1.1. */
  addSocket(socket: Socket): void {
    if ((socket as Partial<TLSSocket>).alpnProtocol === 'h2') return
    this.#sockets.set(socket, { connection: this.#read(socket), busy: 0 })
    socket.once('close', () => this.#sockets.delete(socket))
  }

  /** The connection of a new HTTP/1.1 request, which counts as busy until `outgoing` is closed. */
  beginMessage(socket: Socket, outgoing?: ServerResponse): Connection {
    if (this.#silent.size > 0) this.#silent.delete(peerKey(socket))
    const entry = this.#sockets.get(socket)
    if (entry === undefined) return this.#read(socket)
    entry.busy += 1
    outgoing?.once('close', () => {
      entry.busy -= 1
    })
    return entry.connection
  }

  /** Ends idle connections, and has busy ones end with their last answer. */
  release(): void {
    this.#released = true
    for (const session of this.#sessions.keys()) session.close()
    for (const [socket, entry] of this.#sockets) {
      if (entry.busy === 0) socket.destroySoon()
    }
  }

  /** Ends every connection at once. */
  cut(): void {
    for (const session of this.#sessions.keys()) session.destroy()
    for (const socket of this.#raw) socket.destroy()
  }
}

function peerKey({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
