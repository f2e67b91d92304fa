import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2'
import { request as httpsRequest, type RequestOptions } from 'node:https'

export interface Received {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** One request over HTTP/1.1, on a connection of its own. */
export function http1(options: RequestOptions & { readonly body?: string | Uint8Array }): Promise<Received> {
  return new Promise((resolve, reject) => {
    const { body, ...rest } = options
    const request = httpsRequest({ host: '127.0.0.1', agent: false, ...rest }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        if (!response.complete) reject(new Error('the body was cut short'))
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as IncomingHttpHeaders,
          body: Buffer.concat(chunks).toString(),
        })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** One request on an HTTP/2 connection. */
export function http2(
  session: ClientHttp2Session,
  path: string,
  headers: OutgoingHttpHeaders = {},
  body?: string | Uint8Array,
): Promise<Received> {
  const stream = session.request({ ':path': path, ...headers }, { endStream: body === undefined })
  if (body !== undefined) stream.end(body)
  return receive(stream)
}

export function receive(stream: ClientHttp2Stream): Promise<Received> {
  return new Promise((resolve, reject) => {
    let head: IncomingHttpHeaders = {}
    const chunks: Buffer[] = []
    stream.on('response', (headers) => {
      head = headers
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('close', () => {
      if (stream.rstCode !== 0) reject(new Error(`reset with ${stream.rstCode}`))
      else resolve({ status: Number(head[':status']), headers: head, body: Buffer.concat(chunks).toString() })
    })
  })
}
