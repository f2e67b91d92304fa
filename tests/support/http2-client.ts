import { type ClientHttp2Session, type ClientHttp2Stream, connect, type SecureClientSessionOptions } from 'node:http2'
import { type Answer, answer } from './https-client.ts'
import { readCredentials } from './kubeconfig-credentials.ts'

export interface Http2Client {
  readonly session: ClientHttp2Session
  call(
    method: string,
    path: string,
    options?: { readonly headers?: object; readonly body?: Uint8Array | string },
  ): Promise<Answer>
  /** Opens a stream and leaves reading to the caller. */
  open(path: string, headers?: object): ClientHttp2Stream
  close(): void
}

/** Calls a server over one HTTP/2 connection as the owner of its kubeconfig, or as nobody. */
export async function http2Client(
  kubeconfig: string,
  options: SecureClientSessionOptions & { readonly anonymous?: boolean } = {},
): Promise<Http2Client> {
  const { host, port, ca, cert, key } = await readCredentials(kubeconfig)
  const { anonymous = false, ...rest } = options
  const session = connect(`https://${host}:${port}`, { ca, ...(anonymous ? {} : { cert, key }), ...rest })
  session.on('error', () => session.destroy())
  return {
    session,
    call: (method, path, { headers, body } = {}) => {
      const stream = session.request(
        { ':method': method, ':path': path, ...headers },
        { endStream: body === undefined },
      )
      if (body !== undefined) stream.end(body)
      return readStream(stream)
    },
    open: (path, headers) => session.request({ ':path': path, ...headers }),
    close: () => session.destroy(),
  }
}

/** The response on a stream. Rejects when the stream is reset before it is whole. */
export function readStream(stream: ClientHttp2Stream): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let head: Record<string, string | string[] | undefined> = {}
    stream.on('response', (headers) => {
      head = headers as typeof head
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('end', () => {
      const { ':status': status, ...headers } = head
      if (status === undefined) reject(new Error('the stream ended without a response'))
      else resolve(answer(Number(status), headers as Answer['headers'], Buffer.concat(chunks)))
    })
  })
}
