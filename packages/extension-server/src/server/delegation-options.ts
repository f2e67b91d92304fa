/** How callers are recognised, where the main server's word is not all that counts. Paths name PEM files. */
export interface AuthenticationOptions {
  /** Asks another main server: its kubeconfig. */
  readonly kubeconfig?: string
  /**
   * Whether the main server's ConfigMap `extension-apiserver-authentication` is read: the start fails without it (unless
   * told), goes on without it, or it is not asked for; then only files count.
   */
  readonly lookup?: 'required' | 'tolerated' | 'skipped'
  /** Who signs the certificates of users, in place of what the ConfigMap says. */
  readonly clientCaFile?: string
  /** Who signs the certificates of front proxies and what they may say, in place of what the ConfigMap says. */
  readonly requestHeader?: RequestHeaderOptions
  /** How long answers to TokenReviews are remembered, in milliseconds; 10,000 unless told. */
  readonly tokenTtl?: number
}

export interface RequestHeaderOptions {
  readonly clientCaFile: string
  /** Common names of front proxies; none allows any that the authority has signed. */
  readonly allowedNames?: readonly string[]
  readonly usernameHeaders?: readonly string[]
  readonly uidHeaders?: readonly string[]
  readonly groupHeaders?: readonly string[]
  readonly extraHeadersPrefix?: readonly string[]
}

/** How access is decided. Times are milliseconds. */
export interface AuthorizationOptions {
  /** Asks another main server: its kubeconfig. */
  readonly kubeconfig?: string
  /** How long a SubjectAccessReview that allows is remembered; 10,000 unless told. */
  readonly authorizedTtl?: number
  readonly unauthorizedTtl?: number
  /** Paths that are for everybody, or prefixes that end with `*`; the health endpoints unless told. */
  readonly alwaysAllowPaths?: readonly string[]
  /**
   * True: requests for resources that come through a front proxy are not asked about again, as the main server has decided of
   * them. Whoever holds a front proxy's certificate decides then. False unless told.
   */
  readonly trustFrontProxy?: boolean
}
