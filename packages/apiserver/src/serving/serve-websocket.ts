import { badRequest } from '@fairlead/apimachinery'
import type { ApiResponse } from '../request/api-response.ts'
import type { RequestContext } from '../request/request-context.ts'
import { acceptWebSocket } from './websocket.ts'
import { WebSocketClosedError, type WebSocketConnection, webSocketConnection } from './websocket-connection.ts'

/** How a WebSocket is served. */
export interface WebSocketService {
  /** Subprotocols that are spoken, best first. Empty or absent: the first that the client offers is agreed to. */
  readonly subprotocols?: readonly string[]
  /** Longest message from the client; a longer one closes with 1009. Default: 1 MiB. */
  readonly maxMessageBytes?: number
  /** What is said. The connection is closed when it is over: with 1000, or with 1011 when it fails. */
  talk(connection: WebSocketConnection): Promise<void>
}

/**
 * Answers a request for a WebSocket. The request lasts until the connection is closed; when the server shuts down, that is
 * with 1001. Throws BadRequest for a malformed request and for a client that speaks no subprotocol of the service.
 */
export async function serveWebSocket(
  { request, signal }: Pick<RequestContext, 'request' | 'signal'>,
  service: WebSocketService,
): Promise<ApiResponse> {
  const { subprotocols = [], maxMessageBytes } = service
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  const agreed =
    subprotocols.length === 0 ? offered[0] || undefined : subprotocols.find((name) => offered.includes(name))
  if (agreed === undefined && subprotocols.length > 0) {
    throw badRequest(`the client has to offer one of the subprotocols ${subprotocols.join(', ')}`)
  }
  const socket = await acceptWebSocket(request, {
    choose: () => agreed,
    ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
  })
  const connection = webSocketConnection(socket)
  const leave = (): void => connection.close(1001, 'the server is shutting down')
  signal.addEventListener('abort', leave)
  return {
    status: 101,
    headers: {},
    upgraded: true,
    async body() {
      try {
        if (signal.aborted) leave()
        await service.talk(connection)
        connection.close()
      } catch (error) {
        // The client has left in the middle, which `messages` and `closed` tell as well.
        if (error instanceof WebSocketClosedError) return
        connection.close(1011, 'internal error')
        throw error
      } finally {
        await connection.closed
        signal.removeEventListener('abort', leave)
      }
    },
  }
}
