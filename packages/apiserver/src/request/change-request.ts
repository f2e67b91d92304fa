import type { ApiRequest, ConnectionUpgrade, PeerCertificate, RequestBody, RequestHeaders } from './api-request.ts'

/** What a filter may change of a request. */
export interface RequestChanges {
  readonly method?: string
  readonly headers?: RequestHeaders
  readonly rawHeaders?: readonly string[]
  readonly body?: RequestBody
  readonly upgrade?: ConnectionUpgrade
}

/** A copy of a request with changes. Query and signal stay on demand. New `headers` need new `rawHeaders` beside them. */
export function changeRequest(request: ApiRequest, changes: RequestChanges): ApiRequest {
  return new ChangedRequest(request, changes)
}

class ChangedRequest implements ApiRequest {
  readonly method: string
  readonly rawPath: string
  readonly path: string
  readonly rawQuery: string
  readonly headers: RequestHeaders
  declare readonly rawHeaders?: readonly string[]
  readonly protocol: ApiRequest['protocol']
  readonly body: RequestBody
  readonly remoteAddress: string
  declare readonly peerCertificate?: PeerCertificate
  declare readonly upgrade?: ConnectionUpgrade
  readonly #origin: ApiRequest

  constructor(origin: ApiRequest, changes: RequestChanges) {
    this.#origin = origin
    this.method = changes.method ?? origin.method
    this.rawPath = origin.rawPath
    this.path = origin.path
    this.rawQuery = origin.rawQuery
    this.headers = changes.headers ?? origin.headers
    const rawHeaders = changes.headers === undefined ? origin.rawHeaders : changes.rawHeaders
    if (rawHeaders !== undefined) this.rawHeaders = rawHeaders
    this.protocol = origin.protocol
    this.body = changes.body ?? origin.body
    this.remoteAddress = origin.remoteAddress
    if (origin.peerCertificate !== undefined) this.peerCertificate = origin.peerCertificate
    const upgrade = changes.upgrade ?? origin.upgrade
    if (upgrade !== undefined) this.upgrade = upgrade
  }

  get query(): URLSearchParams {
    return this.#origin.query
  }

  get signal(): AbortSignal {
    return this.#origin.signal
  }
}
