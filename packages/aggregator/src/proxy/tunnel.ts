import type { Duplex } from 'node:stream'
import { type ApiResponse, type RequestContext, textErrorResponse } from '@fairlead/apiserver'
import { BackendError, type BackendLocation, type BackendRequest, type UpgradeAnswer } from '../backend/backend.ts'
import { discardBody } from '../backend/discard-body.ts'

/**
 * Hands the client's connection over to the server behind: WebSocket, SPDY and whatever else they agree on. A server that
 * refuses is quoted; one that neither accepts nor refuses is an error: UPG-1 to UPG-6.
 */
export async function tunnel(
  { request, signal }: RequestContext,
  location: BackendLocation,
  outgoing: BackendRequest,
): Promise<ApiResponse> {
  let answer: UpgradeAnswer
  try {
    answer = await location.upgrade(outgoing)
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    const text = error.stage === 'dial' ? `error dialing backend: ${error.message}` : error.message
    return textErrorResponse(503, text)
  }
  if (!answer.accepted) {
    if (answer.response.status >= 400) return answer.response
    discardBody(answer.response)
    return textErrorResponse(503, `invalid upgrade response: status code ${answer.response.status}`)
  }
  if (request.upgrade === undefined) throw new Error('the connection cannot be handed over')
  const { socket, head } = request.upgrade.accept()
  socket.write(answer.head)
  if (answer.rest.length > 0) socket.write(answer.rest)
  if (head.length > 0) answer.socket.write(head)
  const over = join(socket, answer.socket, signal)
  return { status: 101, headers: {}, upgraded: true, body: () => over }
}

/**
 * Copies both ways, no faster than the slower side. When one side ends, what it sent is delivered and both are closed; so
 * they are when the signal is aborted. Resolves when they are.
 */
async function join(client: Duplex, server: Duplex, signal: AbortSignal): Promise<void> {
  const copy = (from: Duplex, to: Duplex): void => {
    from.pipe(to)
    from.on('end', () => to.end())
    // What the other side still had to say has no reader.
    to.on('finish', () => from.destroy())
    from.on('close', () => to.end())
    from.on('error', () => to.destroy())
  }
  copy(client, server)
  copy(server, client)
  const leave = (): void => {
    client.end()
    server.end()
  }
  if (signal.aborted) leave()
  else signal.addEventListener('abort', leave)
  await Promise.all([closed(client), closed(server)])
  signal.removeEventListener('abort', leave)
}

function closed(socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}
