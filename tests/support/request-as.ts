import { request as httpsRequest } from 'node:https'
import { type Answer, type CallOptions, readAnswer } from './https-client.ts'
import type { Credentials } from './kubeconfig-credentials.ts'

/** A certificate to show, PEM. */
export interface Identity {
  readonly certificate: string
  readonly key: string
}

/** One request with its own connection, as nobody or with a certificate. Header lines go out as they are given. */
export function requestAs(
  server: Pick<Credentials, 'host' | 'port' | 'ca'>,
  identity: Identity | undefined,
  path: string,
  options: Pick<CallOptions, 'body'> & {
    readonly method?: string
    readonly headers?: readonly (readonly [string, string])[]
  } = {},
): Promise<Answer> {
  const { body, method = 'GET', headers = [] } = options
  const bytes = body === undefined ? undefined : JSON.stringify(body)
  const lines = [
    ['host', `${server.host}:${server.port}`] as const,
    ...(bytes === undefined
      ? []
      : ([
          ['content-type', 'application/json'],
          ['content-length', String(Buffer.byteLength(bytes))],
        ] as const)),
    ...headers,
  ]
  return new Promise((resolve, reject) => {
    const call = httpsRequest(
      {
        agent: false,
        host: server.host,
        port: server.port,
        ca: server.ca,
        method,
        path,
        headers: lines.flat() as unknown as Record<string, string>,
        ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
      },
      (response) => readAnswer(response).then(resolve, reject),
    )
    call.on('error', reject)
    call.end(bytes)
  })
}
