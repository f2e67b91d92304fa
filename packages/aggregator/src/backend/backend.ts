import type { Duplex } from 'node:stream'
import type { ApiResponse, UserInfo } from '@fairlead/apiserver'

/** Headers by lower-case name; an array goes out as repeated lines. */
export type OutgoingHeaders = Readonly<Record<string, string | readonly string[]>>

/** A request to a server behind the front proxy, ready to be sent. */
export interface BackendRequest {
  readonly method: string
  /** Path and query as they stand in the request line. */
  readonly path: string
  /** Without `host`, which is the address that is dialled, and without any header that tells an identity. */
  readonly headers: OutgoingHeaders
  /** On whose behalf the request is made. */
  readonly user: UserInfo
  /** Absent when nothing follows the headers. */
  readonly body?: AsyncIterable<Uint8Array> | undefined
  /** Ends the exchange as a closed connection would. */
  readonly signal: AbortSignal
}

/** What a server answered to a request that asks to take the connection over. */
export type UpgradeAnswer =
  | { readonly accepted: false; readonly response: ApiResponse }
  | {
      readonly accepted: true
      /** The 101 response as it came, ready to be written. */
      readonly head: Uint8Array
      readonly socket: Duplex
      /** Bytes that came behind the head. */
      readonly rest: Uint8Array
    }

/**
 * How far a request got: no connection was made; there was one, but the server has not looked at the request; or the
 * server may have acted on it. Only in the first two cases may it be sent again.
 */
export type FailureStage = 'dial' | 'refused' | 'sent'

/** What there is to know of a server's certificate. */
export interface PresentedCertificate {
  readonly subject: string
  readonly issuer: string
  readonly names: readonly string[]
  /** Milliseconds since the epoch. */
  readonly notAfter: number
  readonly signedWithSha1: boolean
}

/** A failure to reach a server, in the words that operators know from upstream's messages. */
export class BackendError extends Error {
  override readonly name = 'BackendError'
  readonly stage: FailureStage
  /** The certificate that the server presented, where that is what is wrong. */
  readonly presented: PresentedCertificate | undefined

  constructor(
    message: string,
    options: {
      readonly stage: FailureStage
      readonly cause?: unknown
      readonly presented?: PresentedCertificate | undefined
    },
  ) {
    super(message, { cause: options.cause })
    this.stage = options.stage
    this.presented = options.presented
  }
}

/** Where the next request goes. */
export interface BackendLocation {
  /** `host:port`, for `https://HOST/…` in messages and headers. */
  readonly host: string
  /**
   * Resolves as soon as the response's headers are there. A streamed body must be called exactly once; it rejects when
   * the server breaks off. Rejects with a `BackendError` when there is no response.
   */
  send(request: BackendRequest): Promise<ApiResponse>
  /** Asks over a connection of its own. Rejects with a `BackendError`. */
  upgrade(request: BackendRequest): Promise<UpgradeAnswer>
}

/** The servers of one APIService. */
export interface Backend {
  /** Requests go where a Service leads. */
  readonly usesService: boolean
  /** Where several servers stand for one: each by itself. */
  readonly members?: readonly Backend[]
  /** Picks a server, another one than `avoid` where there are several. Throws an Error that says why there is none. */
  locate(avoid?: BackendLocation): BackendLocation
  /** The certificate that a server presented last. */
  presented(): PresentedCertificate | undefined
  /** Connections in use end with their last exchange; the next request makes new ones. */
  renew(): void
  /** Every connection ends at once. */
  destroy(): void
}
