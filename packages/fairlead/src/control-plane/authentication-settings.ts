/** How users are recognised, as the flags of kube-apiserver say it. Files are paths. */
export interface AuthenticationSettings {
  readonly requestHeader: RequestHeaderSettings
  readonly serviceAccounts: ServiceAccountSettings
  /** Audiences of this server; the issuers unless told. */
  readonly apiAudiences: readonly string[]
  readonly bootstrapTokens: boolean
  /** Passwords, as Kubernetes knew them until 1.18. */
  readonly basicAuthFile?: string
  /** The certificate that this server shows to extension servers; made in the data folder unless given. */
  readonly proxyClientCertFile?: string
  readonly proxyClientKeyFile?: string
}

/** Front proxies. Without a file the authority is made in the data folder, with the standard headers. */
export interface RequestHeaderSettings {
  readonly clientCaFile?: string
  readonly allowedNames: readonly string[]
  readonly usernameHeaders: readonly string[]
  readonly uidHeaders: readonly string[]
  readonly groupHeaders: readonly string[]
  readonly extraHeadersPrefix: readonly string[]
}

export interface ServiceAccountSettings {
  /** The first one signs; tokens of all are accepted. */
  readonly issuers: readonly string[]
  /** Made in the data folder unless given. */
  readonly signingKeyFile?: string
  readonly keyFiles: readonly string[]
  readonly jwksUri?: string
  /** Milliseconds; 0 for no limit. */
  readonly maxTokenExpiration: number
  readonly extendTokenExpiration: boolean
  readonly lookup: boolean
}

/** What holds when nobody says. */
export const defaultAuthenticationSettings: AuthenticationSettings = {
  requestHeader: { allowedNames: [], usernameHeaders: [], uidHeaders: [], groupHeaders: [], extraHeadersPrefix: [] },
  serviceAccounts: {
    issuers: ['https://kubernetes.default.svc.cluster.local'],
    keyFiles: [],
    maxTokenExpiration: 0,
    extendTokenExpiration: true,
    lookup: true,
  },
  apiAudiences: [],
  bootstrapTokens: false,
}
