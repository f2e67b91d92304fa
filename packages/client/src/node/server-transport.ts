import { type Clock, systemClock } from '@fairlead/apimachinery'
import { untilAborted } from '../abort.ts'
import { ConnectionError, type Transport } from '../transport.ts'
import type { Connection } from './connection.ts'
import { type ClientCertificate, type Credentials, credentialsOf } from './credentials.ts'
import { dial, type Dialing, dialTls } from './dial.ts'
import { createHttp1Connection } from './http1-connection.ts'
import { createHttp2Connection } from './http2-connection.ts'
import type { ClusterAccess } from './kubeconfig.ts'

/** A transport over the network. */
export interface ServerTransport {
  readonly call: Transport
  /** Ends its connections. A later call makes one anew. */
  close(): void
}

/** The longest time that a timer takes, in milliseconds. */
const longest = 2 ** 31 - 1

/**
 * Calls a server: over HTTP/2 where the server offers it, many calls on one connection, and else over HTTP/1.1. It connects
 * when that is first needed, and anew when a connection has ended, when the server wants no more calls on it, when it does
 * not answer a ping, or when the client certificate has changed. From the first call until it is closed it keeps the process
 * alive, connected or not: whoever waits for a server to come back waits on timers that do not.
 */
export function createServerTransport(
  access: ClusterAccess,
  options: { readonly clock?: Clock } = {},
): ServerTransport {
  const clock = options.clock ?? systemClock
  const credentials = credentialsOf(access, clock)
  const connections = createConnections(access, credentials, clock)
  const prefix = new URL(access.server).pathname.replace(/\/$/, '')
  return {
    async call(request) {
      request.signal?.throwIfAborted()
      const [authorization, connection] = await Promise.all([
        credentials.authorization(),
        connections.current(request.signal),
      ])
      const headers = { ...request.headers, ...(authorization === undefined ? {} : { authorization }) }
      const response = await connection.send({ ...request, headers, path: `${prefix}${request.path}` })
      if (response.status === 401) credentials.refused()
      return response
    },
    close: connections.close,
  }
}

interface Connections {
  current(signal: AbortSignal | undefined): Promise<Connection>
  close(): void
}

interface Opening {
  readonly ready: Promise<Connection>
  /** Undefined until it is there. */
  connection: Connection | undefined
  /** The client certificate's key. */
  readonly key: string | undefined
}

function createConnections(access: ClusterAccess, credentials: Credentials, clock: Clock): Connections {
  /** The one that takes new calls. */
  let newest: Opening | undefined
  /** That one, and those that only finish the calls that they have. */
  const all = new Set<Connection>()
  let closing = new AbortController()
  let keepAlive: ReturnType<typeof setInterval> | undefined

  const open = (certificate: ClientCertificate | undefined): Opening => {
    const opening: Opening = {
      ready: connect({ access, certificate, clock, signal: closing.signal }),
      connection: undefined,
      key: certificate?.key,
    }
    opening.ready.then(
      (connection) => {
        opening.connection = connection
        for (const older of all) if (older.isOver) all.delete(older)
        all.add(connection)
      },
      // Each call hears of it, and there may be none left.
      () => {
        if (newest === opening) newest = undefined
      },
    )
    return opening
  }
  return {
    async current(signal) {
      keepAlive ??= setInterval(() => {}, longest)
      const certificate = await credentials.certificate()
      if (newest === undefined || newest.key !== certificate?.key || newest.connection?.isUsable === false) {
        void newest?.ready.then(
          (connection) => connection.retire(),
          () => undefined,
        )
        newest = open(certificate)
      }
      return await untilAborted(newest.ready, signal)
    },
    close() {
      newest = undefined
      clearInterval(keepAlive)
      keepAlive = undefined
      closing.abort(new ConnectionError('the connection was closed', { unsent: true }))
      closing = new AbortController()
      for (const connection of all) connection.destroy()
      all.clear()
    },
  }
}

/** What the server chooses is found out by connecting. Without TLS nothing can be chosen. */
async function connect(dialing: Dialing): Promise<Connection> {
  const { access, clock } = dialing
  if (access.server.startsWith('http:')) return createHttp1Connection(access.server, () => dial(dialing))
  const socket = await dialTls(dialing, ['h2', 'http/1.1'])
  if (socket.alpnProtocol === 'h2') return createHttp2Connection(access.server, socket, clock)
  socket.destroy()
  return createHttp1Connection(access.server, () => dialTls(dialing, ['http/1.1']))
}
