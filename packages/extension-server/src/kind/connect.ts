import type { ApiRequest, ApiResponse, UserInfo, WebSocketConnection } from '@fairlead/apiserver'
import type { KindObject } from './kind.ts'

/** A request for a subresource that is no object: its target, who asks, and the path behind the subresource's name. */
export interface ConnectRequest<Value> {
  readonly object: KindObject<Value>
  readonly user: UserInfo
  /** Without the leading slash; empty when there is none. */
  readonly path: string
  /** The request as it came: method, query, headers, body. */
  readonly request: ApiRequest
  /** Aborted when the client is gone and when the server is shutting down. */
  readonly signal: AbortSignal
}

/** What a subresource says over a WebSocket. */
export interface ConnectWebSocket<Value> {
  /**
   * Subprotocols that are spoken, best first; a client that offers none of them is refused. Absent: the first that the
   * client offers is agreed to.
   */
  readonly subprotocols?: readonly string[]
  /** Longest message from the client; a longer one closes with 1009. Default: 1 MiB. */
  readonly maxMessageBytes?: number
  /**
   * Talks with the client for as long as it likes. The connection is closed when it is over: with 1000, or with 1011 when
   * it fails; with 1001 when the server shuts down.
   */
  talk(connection: WebSocketConnection, request: ConnectRequest<Value>): Promise<void>
}

/** Answers a connect subresource: over HTTP, over a WebSocket, or both. */
export interface Connect<Value> {
  /** Verbs as discovery shows them; `get` answers GET, `create` answers POST, and so on. Default: get and create. */
  readonly verbs?: readonly ('create' | 'delete' | 'get' | 'patch' | 'update')[]
  /**
   * Requests may take as long as they like, here and on their way through the main server (Fairlead's; others end what is
   * no WebSocket after their `--request-timeout`). They end when `signal` is aborted: the client has gone, or the server stops.
   * A WebSocket may without it.
   */
  readonly longRunning?: boolean
  /** Answers requests that are not for a WebSocket, and those too where there is no `webSocket`. */
  handle?(request: ConnectRequest<Value>): Promise<ApiResponse> | ApiResponse
  readonly webSocket?: ConnectWebSocket<Value>
}
