import { isIP } from 'node:net'
import { connect, type SecureContext, type TLSSocket } from 'node:tls'
import type { Clock } from '@fairlead/apimachinery'
import type { Address } from './address.ts'
import { BackendError, type PresentedCertificate } from './backend.ts'
import { certificateProblem, describeCertificate } from './certificate-problem.ts'
import { dialFailure } from './failure-text.ts'
import type { TlsTarget } from './tls-target.ts'

/** How one connection is made. */
export interface DialOptions {
  readonly address: Address
  readonly target: TlsTarget
  /** Bundles and the certificate of the front proxy. */
  readonly secureContext: () => SecureContext
  /** Protocols offered, in order of preference. */
  readonly protocols: readonly ('h2' | 'http/1.1')[]
  readonly clock: Clock
  /** Gives the attempt up. */
  readonly signal?: AbortSignal
  /** Told of the certificate that the server presents, good or not. */
  readonly onCertificate?: (certificate: PresentedCertificate) => void
}

/** How long a connection may take to be made, handshake included, in milliseconds. */
const dialTimeout = 30_000

/** Connects over TLS. Rejects with a `BackendError` that says why in upstream's words. */
export function dial(options: DialOptions): Promise<TLSSocket> {
  const { address, target, clock, signal } = options
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new BackendError('context canceled', { cause: signal.reason, stage: 'dial' }))
      return
    }
    const socket = connect({
      host: address.host,
      port: address.port,
      // SNI carries names only.
      servername: isIP(target.serverName) ? '' : target.serverName,
      ALPNProtocols: [...options.protocols],
      // Checked below, where the certificate is at hand for the message. Nothing is sent before.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      secureContext: options.secureContext(),
    })
    const finish = (act: () => void): void => {
      cancelTimeout()
      signal?.removeEventListener('abort', onAbort)
      socket.off('error', onError).off('secureConnect', onSecure)
      act()
    }
    const fail = (message: string, cause: unknown, presented?: PresentedCertificate): void =>
      finish(() => {
        socket.on('error', ignoreLateError).destroy()
        reject(new BackendError(message, { cause, stage: 'dial', presented }))
      })
    const onError = (error: Error): void => fail(dialFailure(error, address), error)
    const onAbort = (): void => fail('context canceled', signal?.reason)
    const onSecure = (): void => {
      const presented = describeCertificate(socket.getPeerCertificate())
      options.onCertificate?.(presented)
      const problem = target.insecureSkipTlsVerify ? undefined : certificateProblem(socket, target.serverName, clock)
      if (problem === undefined) finish(() => resolve(socket.setNoDelay(true)))
      else fail(`tls: failed to verify certificate: x509: ${problem}`, socket.authorizationError, presented)
    }
    const cancelTimeout = clock.after(dialTimeout, () => fail(timeoutText(socket.connecting, address), undefined))
    signal?.addEventListener('abort', onAbort)
    socket.on('error', onError).on('secureConnect', onSecure)
  })
}

function timeoutText(connecting: boolean, { host, port }: Address): string {
  return connecting ? `dial tcp ${host}:${port}: i/o timeout` : 'net/http: TLS handshake timeout'
}

function ignoreLateError(): void {}
