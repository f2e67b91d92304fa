import type { ApiRequest, PeerCertificate, RequestHeaders } from '../api-request.ts'
import { parseRequestTarget } from '../request-target.ts'

/** What a test says of a request; the rest is that of a bare GET. */
export interface RequestParts {
  readonly method?: string
  readonly target?: string
  readonly headers?: RequestHeaders
  readonly protocol?: ApiRequest['protocol']
  readonly peerCertificate?: PeerCertificate
  readonly upgrade?: ApiRequest['upgrade']
}

/** A request without a body, as a listener would make it. */
export function testRequest(parts: RequestParts): ApiRequest {
  const target = parseRequestTarget(parts.target ?? '/')
  if (target === undefined) throw new Error('not a request target')
  return {
    method: parts.method ?? 'GET',
    ...target,
    query: new URLSearchParams(target.rawQuery),
    headers: parts.headers ?? {},
    protocol: parts.protocol ?? 'HTTP/1.1',
    body: { bytes: () => Promise.resolve(new Uint8Array(0)), stream: () => emptyStream() },
    signal: new AbortController().signal,
    remoteAddress: '127.0.0.1',
    ...(parts.peerCertificate === undefined ? {} : { peerCertificate: parts.peerCertificate }),
    ...(parts.upgrade === undefined ? {} : { upgrade: parts.upgrade }),
  }
}

async function* emptyStream(): AsyncGenerator<Uint8Array> {}
