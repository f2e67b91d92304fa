import { createServer as createHttp1Server } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { UserInfo } from '../authentication/user-info.ts'
import { defaultServingLimits } from './limits.ts'
import { http1Limits, http2Options, type Listener, serveHttp1, serveHttp2, type Serving } from './listener.ts'
import { guardLoopback, isLoopbackHost } from './loopback-guard.ts'
import { OpenConnections } from './open-connections.ts'

/** Where to listen, and who everybody is. */
export interface PlainListenOptions extends Serving {
  /** A loopback address; others are refused. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly user: UserInfo
}

/** How an HTTP/2 connection begins that was not negotiated. HTTP/1.1 knows no such method. */
const http2Preface = Buffer.from('PRI * HTTP/2.0\r\n')

/**
 * Listens on loopback without TLS, for HTTP/1.1 and for HTTP/2 with prior knowledge. Every request is `user`'s: whoever
 * reaches the port needs no credential. Rejects for an address that is not loopback.
 */
export async function listenPlain(options: PlainListenOptions): Promise<Omit<Listener, 'replaceTls'>> {
  if (!isLoopbackHost(options.host)) throw new Error(`${options.host} is not a loopback address`)
  const limits = { ...defaultServingLimits, ...options.limits }
  const serving: Serving = { ...options, handle: guardLoopback(options.handle) }
  const connections = new OpenConnections(limits, ({ remoteAddress = '' }) => ({
    remoteAddress,
    peerCertificate: undefined,
    user: options.user,
  }))
  const http1 = Object.assign(createHttp1Server(), http1Limits(limits))
  const http2 = createHttp2Server(http2Options(limits))
  serveHttp1(http1, connections, serving)
  serveHttp2(http2, connections, serving)
  const server = createServer((socket) => {
    connections.addRaw(socket)
    socket.on('error', () => socket.destroy())
    socket.setTimeout(limits.handshakeTimeout, () => socket.destroy())
    readStart(socket, Buffer.alloc(0), (isHttp2) => {
      socket.setTimeout(0).removeAllListeners('timeout')
      if (isHttp2) {
        http2.emit('connection', socket)
      } else {
        connections.addSocket(socket)
        http1.emit('connection', socket)
        // HTTP/2 takes what was put back by itself; HTTP/1.1 waits for it to flow.
        socket.resume()
      }
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: options.host, port: options.port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  server.on('error', (error) => options.report('insecure listener failed', error))
  const address = server.address() as AddressInfo
  let released: Promise<void> | undefined
  return {
    host: address.address,
    port: address.port,
    release() {
      released ??= new Promise<void>((resolve) => server.close(() => resolve()))
      connections.release()
      return released
    },
    cut: () => connections.cut(),
  }
}

/** Reads until it is clear which protocol the client speaks, and puts what was read back. */
function readStart(socket: Socket, before: Buffer, decided: (isHttp2: boolean) => void): void {
  socket.once('data', (chunk: Buffer) => {
    const start = Buffer.concat([before, chunk])
    const length = Math.min(start.length, http2Preface.length)
    const alike = start.subarray(0, length).equals(http2Preface.subarray(0, length))
    if (alike && length < http2Preface.length) {
      readStart(socket, start, decided)
      return
    }
    socket.pause()
    socket.unshift(start)
    decided(alike)
  })
}
