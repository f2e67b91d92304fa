import { type Agent, type IncomingMessage, request as httpRequest } from 'node:http'
import type { ApiResponse, ResponseHeaders } from '@fairlead/apiserver'
import { BackendError } from './backend.ts'
import { exchangeFailure } from './failure-text.ts'
import { pumpBody } from './pump-body.ts'
import { sendBody } from './send-body.ts'
import type { WireRequest } from './wire-request.ts'

/** One request over HTTP/1.1; `agent` knows how to connect and keeps connections. */
export function exchangeHttp1(agent: Agent, request: WireRequest): Promise<ApiResponse> {
  const { method, path, headers, body, signal, authority } = request
  return new Promise((resolve, reject) => {
    let sentBytes = false
    const outgoing = httpRequest({
      agent,
      method,
      path,
      headers: { ...(headers as Record<string, string | string[]>), host: authority },
    })
    const cancel = (): void => {
      outgoing.destroy()
    }
    signal.addEventListener('abort', cancel)
    outgoing.once('close', () => signal.removeEventListener('abort', cancel))
    outgoing.on('error', (cause) => {
      if (cause instanceof BackendError) reject(cause)
      else if (signal.aborted) reject(new BackendError('context canceled', { cause: signal.reason, stage: 'sent' }))
      // A kept connection that the server closed in the same moment: the request has not been looked at.
      else {
        const stage = outgoing.reusedSocket && !sentBytes ? 'refused' : 'sent'
        reject(new BackendError(exchangeFailure(cause), { cause, stage }))
      }
    })
    outgoing.once('response', (incoming) => {
      resolve({
        status: incoming.statusCode ?? 502,
        headers: responseHeaders(incoming),
        body: (sink) => pumpBody({ source: incoming, isWhole: () => incoming.complete, cancel }, sink),
      })
    })
    if (body === undefined) {
      outgoing.end()
      return
    }
    outgoing.flushHeaders()
    sendBody(body, outgoing, () => {
      sentBytes = true
    }).catch(cancel)
  })
}

/** Repeated headers stay repeated: their values may hold commas. */
export function responseHeaders({ headersDistinct }: IncomingMessage): ResponseHeaders {
  const headers: Record<string, string | readonly string[]> = {}
  for (const name in headersDistinct) {
    const values = headersDistinct[name] ?? []
    headers[name] = values.length === 1 && values[0] !== undefined ? values[0] : values
  }
  return headers
}
