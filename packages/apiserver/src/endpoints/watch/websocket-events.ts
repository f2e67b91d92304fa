import { acceptWebSocket } from '../../serving/websocket.ts'
import type { ApiRequest } from '../../request/api-request.ts'
import type { EventEncoder } from './event-encoder.ts'
import type { EventQueue } from './event-queue.ts'

/** Above this many bytes on their way, the writer waits for the network. */
const highWater = 64 * 1024

/**
 * Sends each event as one message over a WebSocket on the connection of the request: text for JSON, binary for
 * protobuf. What the client sends is ignored. Resolves when the queue has ended and the socket is closed.
 */
export async function sendEvents(
  request: ApiRequest,
  { queue, encode, binary }: { readonly queue: EventQueue; readonly encode: EventEncoder; readonly binary: boolean },
): Promise<void> {
  const socket = await acceptWebSocket(request, { choose: () => undefined })
  await new Promise<void>((resolve) => {
    let sending = false
    const send = (): void => {
      // What a client that reads too slowly has been sent already would keep a close message waiting forever.
      if (queue.overflowed) socket.terminate()
      if (sending) return
      for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
        if (socket.bufferedAmount <= highWater) {
          socket.send(encode(event), { binary })
          continue
        }
        sending = true
        socket.send(encode(event), { binary }, () => {
          sending = false
          send()
        })
        return
      }
      if (queue.ended) socket.close()
    }
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      queue.end({ drop: true })
      resolve()
    })
    queue.listen(send)
  })
}
