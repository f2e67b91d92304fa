import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { badRequest } from '@fairlead/apimachinery'
import type { WebSocket } from 'ws'
import type { ApiRequest } from '../request/api-request.ts'

/** Whether a request asks for a WebSocket. */
export function isWebSocketRequest(request: ApiRequest): boolean {
  return request.upgrade?.protocol === 'websocket'
}

/** How a WebSocket is accepted. */
export interface WebSocketOptions {
  /** Picks the subprotocol of those offered; undefined accepts without one. By default the first offered is echoed. */
  readonly choose?: (offered: readonly string[]) => string | undefined
  /** Longest message from the client; a longer one closes with 1009. Default: 1 MiB. */
  readonly maxMessageBytes?: number
}

/**
 * Accepts a WebSocket on the connection of a request. The handler then answers `{ upgraded: true }`. Throws BadRequest
 * when the request is no proper WebSocket request.
 */
export async function acceptWebSocket(request: ApiRequest, options: WebSocketOptions = {}): Promise<WebSocket> {
  const { choose = (offered) => offered[0], maxMessageBytes = 1 << 20 } = options
  const { upgrade } = request
  const key = request.headers['sec-websocket-key'] ?? ''
  if (upgrade === undefined || upgrade.protocol !== 'websocket' || request.method !== 'GET') {
    throw badRequest('the request is not a WebSocket request')
  }
  if (!/^[+/0-9A-Za-z]{22}==$/.test(key) || request.headers['sec-websocket-version'] !== '13') {
    throw badRequest('the WebSocket handshake is malformed')
  }
  const { WebSocketServer } = await import('ws')
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxMessageBytes,
    handleProtocols: (offered) => choose([...offered]) ?? false,
  })
  const { socket, head } = upgrade.accept()
  const message = new IncomingMessage(socket as Socket)
  message.method = request.method
  message.headers = { ...request.headers }
  return new Promise((resolve) => {
    server.handleUpgrade(message, socket, Buffer.from(head), (webSocket) => resolve(webSocket))
  })
}
