import type { TLSSocket } from 'node:tls'
import type { UserInfo } from '../authentication/user-info.ts'
import type { PeerCertificate } from '../request/api-request.ts'

/** What is known of one connection, found out once and shared by its requests. */
export interface Connection {
  readonly remoteAddress: string
  /** Undefined when the client sent no certificate. */
  readonly peerCertificate: PeerCertificate | undefined
  /** Whose requests arrive here without asking; of no connection but those of an insecure port. */
  readonly user?: UserInfo
}

type PeerSocket = Pick<TLSSocket, 'remoteAddress' | 'getPeerX509Certificate' | 'authorized' | 'authorizationError'>

/** Reads a connection whose handshake is complete. */
export function readConnection(socket: PeerSocket): Connection {
  const certificate = socket.getPeerX509Certificate()
  return {
    remoteAddress: socket.remoteAddress ?? '',
    peerCertificate:
      certificate === undefined
        ? undefined
        : socket.authorized
          ? { certificate }
          : { certificate, verificationError: String(socket.authorizationError) },
  }
}
