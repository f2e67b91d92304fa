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
  readonly oidc: OidcSettings
  /** An AuthenticationConfiguration; excludes the settings of OIDC. */
  readonly configFile?: string
  readonly webhook: WebhookTokenSettings
  /** Whether `anonymousAuth` was said rather than assumed; then the configuration file may not say it too. */
  readonly anonymousGiven: boolean
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

/** One issuer of ID tokens. Nothing of it is used unless there is an issuer. */
export interface OidcSettings {
  readonly issuerUrl?: string
  readonly clientId?: string
  readonly caFile?: string
  readonly usernameClaim?: string
  /** `-` for none; absent, all but email addresses get the issuer. */
  readonly usernamePrefix?: string
  readonly groupsClaim?: string
  readonly groupsPrefix?: string
  readonly signingAlgs: readonly string[]
  /** `claim=value`. */
  readonly requiredClaims: readonly string[]
}

export interface WebhookTokenSettings {
  /** A kubeconfig. */
  readonly configFile?: string
  readonly version: string
  /** Milliseconds. */
  readonly cacheTtl: number
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
  oidc: { signingAlgs: [], requiredClaims: [] },
  webhook: { version: 'v1beta1', cacheTtl: 120_000 },
  anonymousGiven: false,
  apiAudiences: [],
  bootstrapTokens: false,
}
