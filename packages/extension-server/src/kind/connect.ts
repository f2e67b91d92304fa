import type { ApiRequest, ApiResponse, UserInfo } from '@fairlead/apiserver'
import type { KindObject } from './kind.ts'

/** A request for a subresource that is no object: its target, who asks, and the path behind the subresource's name. */
export interface ConnectRequest<Value> {
  readonly object: KindObject<Value>
  readonly user: UserInfo
  /** Without the leading slash; empty when there is none. */
  readonly path: string
  /** The request as it came: method, query, headers, body, and the upgrade for WebSockets (`acceptWebSocket`). */
  readonly request: ApiRequest
  readonly signal: AbortSignal
}

/** Answers a connect subresource. */
export interface Connect<Value> {
  /** Verbs as discovery shows them; `get` answers GET, `create` answers POST, and so on. Default: get and create. */
  readonly verbs?: readonly ('create' | 'delete' | 'get' | 'patch' | 'update')[]
  /**
   * Requests may take as long as they like, here and on their way through the main server (Fairlead's; others end what is
   * no WebSocket after their `--request-timeout`). They end when `signal` is aborted: the client has gone, or the server stops.
   */
  readonly longRunning?: boolean
  handle(request: ConnectRequest<Value>): Promise<ApiResponse> | ApiResponse
}
