import type { X509Certificate } from 'node:crypto'
import type { Duplex } from 'node:stream'

/** Request headers by lower-case name; repeated headers are joined with `, ` except where HTTP forbids it. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>

/**
 * One request, whatever carried it: HTTP/1.1, HTTP/2 or a call in the same process. A plain value; filters pass on
 * changed copies (`changeRequest`; spreading would create what is made on demand).
 */
export interface ApiRequest {
  /** Upper case. */
  readonly method: string
  /** The path as it was sent, without the query, still percent-encoded. */
  readonly rawPath: string
  /** The decoded path. */
  readonly path: string
  /** Without the question mark, still percent-encoded; empty when absent. */
  readonly rawQuery: string
  readonly query: URLSearchParams
  readonly headers: RequestHeaders
  /**
   * Names and values as they were sent, alternating, for headers whose repetition means something
   * (`Impersonate-Group`). Read it with `headerValues`.
   */
  readonly rawHeaders?: readonly string[]
  readonly protocol: 'HTTP/1.1' | 'HTTP/2.0' | 'in-process'
  /** The body. Reading it twice is an error. */
  readonly body: RequestBody
  /** Aborted when the client goes away or the server gives up on the request. */
  readonly signal: AbortSignal
  readonly remoteAddress: string
  /** The leaf certificate that the client presented, verified against the client CA or not. */
  readonly peerCertificate?: PeerCertificate
  /** Present when the connection can be taken over (HTTP/1.1 `Upgrade`). */
  readonly upgrade?: ConnectionUpgrade
}

export interface RequestBody {
  /** All bytes. Throws a RequestEntityTooLarge StatusError beyond `limit`. */
  bytes(limit: number): Promise<Uint8Array>
  /** The bytes as they come, for proxies. */
  stream(): AsyncIterable<Uint8Array>
}

export interface PeerCertificate {
  readonly certificate: X509Certificate
  /** Why the chain does not verify, when it does not. */
  readonly verificationError?: string
}

/** Takes the connection over. After `accept`, the response must be `{ upgraded: true }`. */
export interface ConnectionUpgrade {
  /** The value of the Upgrade header, lower case. */
  readonly protocol: string
  accept(): { readonly socket: Duplex; readonly head: Uint8Array }
}
