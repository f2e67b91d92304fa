import { Readable } from 'node:stream'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2'
import { request as httpsRequest, type RequestOptions } from 'node:https'

/** A response with its whole body. */
export interface ReceivedResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** One request over HTTP/1.1. */
export function requestHttp1(options: RequestOptions & { readonly body?: string | Buffer }): Promise<ReceivedResponse> {
  return new Promise((resolve, reject) => {
    const { body, ...rest } = options
    const request = httpsRequest({ host: '127.0.0.1', agent: false, ...rest }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** Opens an HTTP/2 connection; errors of the connection reach the streams. */
export function openHttp2(port: number, options: { ca: string; cert?: string; key?: string }): ClientHttp2Session {
  const session = connect(`https://127.0.0.1:${port}`, options)
  session.on('error', () => session.destroy())
  return session
}

/** One request over an HTTP/2 connection. */
export function requestHttp2(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: string | Buffer | Readable,
): Promise<ReceivedResponse> {
  const stream = session.request(headers, { endStream: body === undefined })
  if (body instanceof Readable) body.pipe(stream)
  else if (body !== undefined) stream.end(body)
  return receive(stream)
}

/** The response on an HTTP/2 stream. */
export function receive(stream: ClientHttp2Stream): Promise<ReceivedResponse> {
  return new Promise((resolve, reject) => {
    let head: Record<string, string | string[] | undefined> = {}
    const chunks: Buffer[] = []
    stream.on('response', (headers) => {
      head = headers as typeof head
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('end', () => {
      const { ':status': status, ...headers } = head
      resolve({ status: Number(status), headers, body: Buffer.concat(chunks).toString() })
    })
  })
}
