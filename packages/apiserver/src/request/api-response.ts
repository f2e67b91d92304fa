/** Response headers by lower-case name. An array is sent as repeated lines. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * One response. `body` is all bytes at once, or a writer that is called after the headers are out and ends the
 * response when its promise resolves; a writer that rejects aborts the connection.
 */
export interface ApiResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  readonly body?: Uint8Array | string | ResponseWriter
  /**
   * The connection was taken over; nothing is sent. A `body` writer is then what is said over it, which ends when its
   * promise resolves; it leaves its sink alone.
   */
  readonly upgraded?: boolean
}

export type ResponseWriter = (sink: ByteSink) => Promise<void>

/** Where a streaming response writes. */
export interface ByteSink {
  /** Queues bytes, which must not change afterwards. False when the client lags and the writer should wait for `drained`. */
  write(chunk: Uint8Array): boolean
  /** Resolves when the queue has emptied, or at once when the client is gone (look at `signal`). */
  drained(): Promise<void>
  /** Bytes queued and not yet taken by the network. */
  readonly buffered: number
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal
}
