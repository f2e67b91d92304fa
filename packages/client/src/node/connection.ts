import { ConnectionError, type TransportRequest, type TransportResponse } from '../transport.ts'

/** A way to a server: one connection for all calls, or one for each that is under way. */
export interface Connection {
  /** Whether it takes new calls. */
  readonly isUsable: boolean
  /** Nothing goes over it, nor ever will. */
  readonly isOver: boolean
  send(request: TransportRequest): Promise<TransportResponse>
  /** Takes no new calls; those that it has go on. */
  retire(): void
  /** Ends at once, and what goes over it. */
  destroy(): void
}

/** The error of a call that the server has not seen. */
export function unsent(cause: Error): ConnectionError {
  return ConnectionError.is(cause) ? cause : new ConnectionError(cause.message, { cause, unsent: true })
}
