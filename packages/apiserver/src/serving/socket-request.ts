import type { UserInfo } from '../authentication/user-info.ts'
import type { AbortSource } from '../request/abort-source.ts'
import type {
  ApiRequest,
  ConnectionUpgrade,
  PeerCertificate,
  RequestBody,
  RequestHeaders,
} from '../request/api-request.ts'
import type { RequestTarget } from '../request/request-target.ts'
import type { Connection } from './connection.ts'

/** What an adapter has read of a request. */
export interface SocketRequestParts {
  readonly method: string
  readonly target: RequestTarget
  readonly headers: RequestHeaders
  readonly rawHeaders: readonly string[]
  readonly protocol: ApiRequest['protocol']
  readonly body: RequestBody
  readonly connection: Connection
  readonly abort: AbortSource
  readonly upgrade?: ConnectionUpgrade
}

/** A request from the network. Its query and its signal are made when somebody reads them. */
export class SocketRequest implements ApiRequest {
  readonly method: string
  readonly rawPath: string
  readonly path: string
  readonly rawQuery: string
  readonly headers: RequestHeaders
  readonly rawHeaders: readonly string[]
  readonly protocol: ApiRequest['protocol']
  readonly body: RequestBody
  readonly remoteAddress: string
  declare readonly peerCertificate?: PeerCertificate
  declare readonly upgrade?: ConnectionUpgrade
  readonly #abort: AbortSource
  readonly #user: UserInfo | undefined
  #query: URLSearchParams | undefined

  constructor(parts: SocketRequestParts) {
    this.method = parts.method
    this.rawPath = parts.target.rawPath
    this.path = parts.target.path
    this.rawQuery = parts.target.rawQuery
    this.headers = parts.headers
    this.rawHeaders = parts.rawHeaders
    this.protocol = parts.protocol
    this.body = parts.body
    this.remoteAddress = parts.connection.remoteAddress
    if (parts.connection.peerCertificate !== undefined) this.peerCertificate = parts.connection.peerCertificate
    if (parts.upgrade !== undefined) this.upgrade = parts.upgrade
    this.#abort = parts.abort
    this.#user = parts.connection.user
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.rawQuery)
    return this.#query
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** The user of the request's connection. Undefined for requests that must show who they are from. */
  static userOf(request: ApiRequest): UserInfo | undefined {
    return #user in request ? request.#user : undefined
  }
}
