import type { ApiRequest } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'

/** What an adapter needs of the server behind it. */
export interface Serve {
  /** Answers a request; a rejection aborts the exchange. */
  readonly handle: (request: ApiRequest) => Promise<ApiResponse>
  /** Tells of a failure that no client can be told of. */
  readonly report: (message: string, error: unknown) => void
}

/** Why a request's signal is aborted when its connection has ended. */
export function clientGone(): Error {
  return new Error('the client is gone')
}

const departures: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECANCELED',
  'ERR_HTTP2_STREAM_CANCEL',
  // Either side has reset the stream; if it was this one, the reason has been reported.
  'ERR_HTTP2_STREAM_ERROR',
])

/** Reports a failure of a connection, unless it is only that the client has left, which clients may do at any time. */
export function reportConnectionFailure(serve: Serve, message: string, error: Error): void {
  if ('code' in error && departures.has(error.code)) return
  serve.report(message, error)
}
