import type { WebSocket } from 'ws'

/** A message: text as a string, anything else as bytes. */
export type WebSocketMessage = string | Uint8Array

/** One WebSocket, seen from the server. */
export interface WebSocketConnection {
  /** The subprotocol that was agreed on; empty without one. */
  readonly protocol: string
  /**
   * What the client sends, as it comes; it ends when the connection is closed. A client that sends faster than this is
   * read has to wait.
   */
  readonly messages: AsyncIterable<WebSocketMessage>
  /**
   * Resolves when the network has taken the message, so that who waits for it goes no faster than the client reads.
   * Rejects with a WebSocketClosedError once the connection is closed.
   */
  send(message: WebSocketMessage): Promise<void>
  /** Says goodbye with a code, 1000 unless told. Nothing can be sent afterwards. */
  close(code?: number, reason?: string): void
  /** What the connection was closed with; 1006 when it broke. Never rejects. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

/** What is sent over a connection that has been closed goes nowhere. */
export class WebSocketClosedError extends Error {
  override readonly name = 'WebSocketClosedError'
}

/** Above this many bytes that nobody has taken yet, no more is read. */
const highWater = 64 * 1024

/** Makes a connection of a socket that nobody listens to yet. */
export function webSocketConnection(socket: WebSocket): WebSocketConnection {
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  // A connection that breaks or a message that is too long closes the socket, which `closed` tells.
  socket.on('error', () => undefined)
  return {
    protocol: socket.protocol,
    messages: messagesOf(socket),
    send: (message) =>
      new Promise((resolve, reject) => {
        socket.send(message, { binary: typeof message !== 'string' }, (error) =>
          error === undefined || error === null
            ? resolve()
            : reject(new WebSocketClosedError('the WebSocket is closed', { cause: error })),
        )
      }),
    close(code = 1000, reason = '') {
      // The client's own goodbye is still to be read.
      socket.resume()
      socket.close(code, reason)
    },
    closed,
  }
}

function messagesOf(socket: WebSocket): AsyncIterable<WebSocketMessage> {
  const waiting: WebSocketMessage[] = []
  let waitingBytes = 0
  let ended = false
  let wake = (): void => undefined
  socket.on('message', (data: Buffer, isBinary) => {
    waiting.push(isBinary ? new Uint8Array(data) : data.toString())
    waitingBytes += data.length
    if (waitingBytes > highWater && socket.readyState === socket.OPEN) socket.pause()
    wake()
  })
  socket.once('close', () => {
    ended = true
    wake()
  })
  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const message = waiting.shift()
        if (message !== undefined) {
          waitingBytes -= Buffer.byteLength(message)
          yield message
        } else if (ended) {
          return
        } else {
          socket.resume()
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    },
  }
}
