import { type IncomingMessage, request as httpRequest } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { ByteSink } from '@fairlead/apiserver'
import { BackendError, type UpgradeAnswer } from './backend.ts'
import { exchangeFailure } from './failure-text.ts'
import { responseHeaders } from './http1-exchange.ts'
import { pumpBody } from './pump-body.ts'
import type { WireRequest } from './wire-request.ts'

/** Sends a request that asks to take the connection over, on a connection of its own. */
export function askForUpgrade(
  socket: TLSSocket,
  { method, path, headers, signal, authority }: WireRequest,
): Promise<UpgradeAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      createConnection: () => socket,
      method,
      path,
      headers: { ...(headers as Record<string, string | string[]>), host: authority },
    })
    const cancel = (): void => {
      outgoing.destroy()
    }
    const settled = (): void => signal.removeEventListener('abort', cancel)
    signal.addEventListener('abort', cancel)
    outgoing.on('error', (cause) => {
      settled()
      socket.destroy()
      reject(new BackendError(signal.aborted ? 'context canceled' : exchangeFailure(cause), { cause, stage: 'sent' }))
    })
    outgoing.once('upgrade', (incoming, _socket, rest) => {
      settled()
      resolve({ accepted: true, head: responseHead(incoming), socket, rest })
    })
    outgoing.once('response', (incoming) => {
      incoming.once('close', settled)
      const response = {
        status: incoming.statusCode ?? 502,
        headers: responseHeaders(incoming),
        body: (sink: ByteSink) => pumpBody({ source: incoming, isWhole: () => incoming.complete, cancel }, sink),
      }
      resolve({ accepted: false, response })
    })
    outgoing.end()
  })
}

function responseHead({ statusCode, statusMessage, rawHeaders }: IncomingMessage): Uint8Array {
  let head = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    head += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`
  }
  return Buffer.from(`${head}\r\n`, 'latin1')
}
