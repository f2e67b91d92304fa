/** One call, as it would go over the network. */
export interface TransportRequest {
  readonly method: string
  /** Path and query, percent-encoded, as they stand in a request line. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>
  /** Ends the call as a closed connection would, before and while the response is read. */
  readonly signal?: AbortSignal
}

/** The answer to a call. The body is read once, as it comes or whole; leaving it unread keeps its connection busy. */
export interface TransportResponse {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: AsyncIterable<Uint8Array>
  bytes(): Promise<Uint8Array>
  text(): Promise<string>
}

/**
 * Carries calls to one API server. Whoever calls cannot tell whether it goes over HTTPS or stays in the process. Resolves
 * with the head of any response, whatever its status; rejects with a `ConnectionError` when there is none, and with the
 * reason of `signal` when that was aborted. A body that breaks off makes its iteration throw a `ConnectionError`.
 */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>

const brand = Symbol.for('fairlead.ConnectionError')

/** No answer, or only a part of one, came from the server. The message never contains credentials. */
export class ConnectionError extends Error {
  /** The server has not acted on the request: it may be sent again whatever its method. */
  readonly unsent: boolean

  constructor(message: string, options: { readonly unsent?: boolean; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.unsent = options.unsent ?? false
  }

  static {
    this.prototype.name = 'ConnectionError'
    Object.defineProperty(this.prototype, brand, { value: true })
  }

  /** Whether `value` is a ConnectionError of any copy of this package. */
  static is(value: unknown): value is ConnectionError {
    return typeof value === 'object' && value !== null && brand in value
  }
}
