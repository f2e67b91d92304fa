import { connect as connectTcp, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'
import type { Clock } from '@fairlead/apimachinery'
import { linkSignal } from '../abort.ts'
import { unsent } from './connection.ts'
import type { ClientCertificate } from './credentials.ts'
import type { ClusterAccess } from './kubeconfig.ts'
import { openTunnel } from './proxy-tunnel.ts'

/** How long a connection may take until it can be used; what client-go's dialer waits. */
const dialTimeout = 30_000
/** From when on the system asks whether the other end of a silent connection is there. */
const keepAliveAfter = 30_000

export interface Dialing {
  readonly access: ClusterAccess
  readonly certificate: ClientCertificate | undefined
  readonly clock: Clock
  /** Ends the attempt. */
  readonly signal: AbortSignal
}

/** Connects to a server, through its proxy if it has one. Rejects with a ConnectionError. */
export function dial(dialing: Dialing): Promise<Duplex> {
  const target = targetOf(dialing.access)
  return inTime(dialing, async (signal) => {
    const { proxyUrl } = dialing.access
    if (proxyUrl !== undefined) return await openTunnel(target, { proxyUrl, trust: trustOf(dialing.access), signal })
    return await opened(connectTcp(target), 'connect', signal)
  })
}

/** The same by TLS. The server may choose one of `protocols`. */
export function dialTls(dialing: Dialing, protocols: readonly string[]): Promise<TLSSocket> {
  const target = targetOf(dialing.access)
  return inTime(dialing, async (signal) => {
    const { proxyUrl } = dialing.access
    const trust = trustOf(dialing.access)
    const way =
      proxyUrl === undefined
        ? target
        : { host: target.host, socket: await openTunnel(target, { proxyUrl, trust, signal }) }
    const options = { ...way, ...trust, ...identity(dialing, target.host), ALPNProtocols: [...protocols] }
    return await opened(connectTls(options), 'secureConnect', signal)
  })
}

function targetOf({ server }: ClusterAccess): { readonly host: string; readonly port: number } {
  const { protocol, hostname, port } = new URL(server)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (protocol === 'https:' ? 443 : 80)) }
}

async function inTime<S>({ clock, signal }: Dialing, connect: (signal: AbortSignal) => Promise<S>): Promise<S> {
  const ending = linkSignal(signal)
  const cancel = clock.after(dialTimeout, () => ending.abort(new Error('connecting took too long')))
  try {
    ending.signal.throwIfAborted()
    return await connect(ending.signal)
  } catch (error) {
    throw unsent(error as Error)
  } finally {
    cancel()
    ending.release()
  }
}

function trustOf({ certificateAuthority, insecureSkipTlsVerify }: ClusterAccess) {
  return {
    ...(certificateAuthority === undefined ? {} : { ca: certificateAuthority }),
    ...(insecureSkipTlsVerify === true ? { rejectUnauthorized: false } : {}),
  }
}

/** The client's certificate, and the name to ask for. An address may not be asked for; it is verified all the same. */
function identity({ access, certificate }: Dialing, host: string): ConnectionOptions {
  const name = access.tlsServerName ?? (isIP(host) === 0 ? host : undefined)
  return {
    ...(certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key }),
    ...(name === undefined ? {} : { servername: name }),
  }
}

/** The socket, as soon as it tells `event`. It is destroyed when it fails or the signal is aborted before. */
function opened<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  socket.setKeepAlive(true, keepAliveAfter).setNoDelay(true)
  return new Promise((resolve, reject) => {
    const abort = (): void => void socket.destroy(signal.reason as Error)
    const closed = (): void => reject(new Error('the connection was closed'))
    signal.addEventListener('abort', abort, { once: true })
    // This listener stays: whoever uses the socket has others, and there may be nobody.
    socket.on('error', reject).once('close', closed)
    socket.once(event, () => {
      socket.off('close', closed)
      signal.removeEventListener('abort', abort)
      resolve(socket)
    })
  })
}
