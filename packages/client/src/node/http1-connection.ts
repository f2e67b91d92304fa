import { Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import type { Duplex } from 'node:stream'
import { readBytes } from '../read-body.ts'
import { ConnectionError, type TransportRequest, type TransportResponse } from '../transport.ts'
import { type Connection, unsent } from './connection.ts'
import { writeBody } from './write-body.ts'

/**
 * Carries calls over HTTP/1.1: each has a socket of its own while it lasts, a watch too. Sockets are used again; new ones
 * come from `dial`.
 */
export function createHttp1Connection(server: string, dial: () => Promise<Duplex>): Connection {
  const agent = new DialingAgent(dial)
  const { host } = new URL(server)
  let isUsable = true
  const calls = new Set<ClientRequest>()
  return {
    get isUsable() {
      return isUsable
    },
    get isOver() {
      return !isUsable && calls.size === 0
    },
    send: (call) => send(agent, host, calls, call),
    retire() {
      isUsable = false
      // Sockets in use end when their calls do.
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
      agent.maxFreeSockets = 0
    },
    destroy() {
      isUsable = false
      for (const call of calls) call.destroy(new ConnectionError('the connection was closed'))
      agent.destroy()
    },
  }
}

type Created = (error: Error | null, socket?: Duplex) => void

class DialingAgent extends Agent {
  readonly #dial: () => Promise<Duplex>

  constructor(dial: () => Promise<Duplex>) {
    super({ keepAlive: true })
    this.#dial = dial
  }

  override createConnection(_options: unknown, created: Created): undefined {
    this.#dial().then(
      (socket) => created(null, socket),
      (error: Error) => created(error),
    )
  }
}

function send(
  agent: Agent,
  host: string,
  calls: Set<ClientRequest>,
  { method, path, headers = {}, body, signal }: TransportRequest,
): Promise<TransportResponse> {
  if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
  return new Promise((resolve, reject) => {
    const given = Object.entries(headers).filter(([, value]) => value !== undefined)
    const request = requestHttp({ agent, method, path, headers: { host, ...Object.fromEntries(given) } })
    let isSent = false
    const failure = (cause: unknown): unknown => {
      if (signal?.aborted === true) return signal.reason
      const error = cause instanceof Error ? cause : new Error('the connection was closed')
      return isSent ? new ConnectionError(error.message, { cause }) : unsent(error)
    }
    const cancel = (): void => void request.destroy()
    const fail = (error: unknown): void => reject(failure(error))
    calls.add(request)
    signal?.addEventListener('abort', cancel, { once: true })
    request.once('close', () => {
      calls.delete(request)
      signal?.removeEventListener('abort', cancel)
      fail(undefined)
    })
    request.on('error', fail)
    request.once('socket', () => {
      isSent = true
    })
    request.once('response', (response) => {
      const chunks = bodyOf(response, failure)
      const bytes = (): Promise<Uint8Array> => readBytes(chunks)
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: chunks,
        bytes,
        text: async () => new TextDecoder().decode(await bytes()),
      })
    })
    if (body === undefined) request.end()
    else
      writeBody(request, body).catch((error: unknown) => {
        fail(error)
        cancel()
      })
  })
}

async function* bodyOf(response: IncomingMessage, failure: (cause: unknown) => unknown): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) yield chunk
  } catch (error) {
    throw failure(error)
  }
}
