/** What a listener allows its clients. Times are milliseconds. */
export interface ServingLimits {
  /**
   * Connections that may be without a first request at a time, in the handshake or after it. When there are more, the one
   * that has waited longest is dropped, so that a flood of silent connections leaves those alone that are used.
   */
  readonly maxSilentConnections: number
  /** Streams that one HTTP/2 connection may have open at a time. */
  readonly maxConcurrentStreams: number
  /** Bytes that a client may send ahead on one HTTP/2 stream. */
  readonly streamWindow: number
  /** Bytes that a client may send ahead on one HTTP/2 connection. */
  readonly connectionWindow: number
  /** Memory in MB that one HTTP/2 connection may hold before it is refused further streams. */
  readonly sessionMemory: number
  /** Bytes of all headers of one request. */
  readonly headerBytes: number
  /** Number of headers of one request. A front proxy sends one for each group of its caller. */
  readonly headerCount: number
  /** Time to finish the TLS handshake. */
  readonly handshakeTimeout: number
  /** Time to send the headers of an HTTP/1.1 request. */
  readonly headersTimeout: number
  /** Time that a connection may be without a request. */
  readonly idleTimeout: number
  /** Time that the rest of a refused body is read and thrown away, so that the client gets to see the answer. */
  readonly lingerTimeout: number
  /** Time for which a client may take nothing of a response that waits for it. */
  readonly stallTimeout: number
}

/** What a listener allows unless told otherwise. */
export const defaultServingLimits: ServingLimits = {
  maxSilentConnections: 1000,
  maxConcurrentStreams: 100,
  streamWindow: 1 << 20,
  connectionWindow: 8 << 20,
  sessionMemory: 128,
  headerBytes: 64 << 10,
  headerCount: 1000,
  handshakeTimeout: 10_000,
  headersTimeout: 32_000,
  idleTimeout: 90_000,
  lingerTimeout: 500,
  stallTimeout: 60_000,
}
