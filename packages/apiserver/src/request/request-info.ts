/** What a request asks for, parsed once from its path, method and query (spec: URL grammar and verbs). */
export interface RequestInfo {
  readonly isResourceRequest: boolean
  readonly path: string
  /** A Kubernetes verb for resource requests, otherwise the HTTP method in lower case. */
  readonly verb: string
  /** `api` or `apis` for resource requests. */
  readonly apiPrefix: string
  readonly group: string
  readonly version: string
  readonly namespace: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
  /** Path segments after the version, special verb prefix removed. */
  readonly parts: readonly string[]
  /** `watch` or `proxy` when the path starts with the deprecated verb prefix. */
  readonly verbPrefix: '' | 'watch' | 'proxy'
  /** Raw selectors of list, watch and deletecollection requests. */
  readonly labelSelector: string
  readonly fieldSelector: string
  /** Whoever serves it has said that it may take as long as it likes. */
  readonly declaredLongRunning?: true
}
