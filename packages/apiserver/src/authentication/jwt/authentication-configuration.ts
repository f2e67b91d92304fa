/** An AuthenticationConfiguration. Empty texts are as good as absent. */
export interface AuthenticationConfiguration {
  readonly jwt: readonly JwtIssuer[]
  /** Absent when the file does not say. */
  readonly anonymous?: { readonly enabled: boolean; readonly paths: readonly string[] }
}

/** One issuer of tokens, and how its claims become users. */
export interface JwtIssuer {
  readonly issuer: {
    readonly url: string
    /** Where the discovery document is, when not below the issuer's URL. */
    readonly discoveryUrl: string
    /** PEM; the system's authorities when empty. */
    readonly certificateAuthority: string
    readonly audiences: readonly string[]
    readonly audienceMatchPolicy: string
    readonly egressSelectorType: string
  }
  readonly claimValidationRules: readonly ClaimValidationRule[]
  readonly claimMappings: {
    readonly username: PrefixedClaim
    readonly groups: PrefixedClaim
    readonly uid: { readonly claim: string; readonly expression: string }
    readonly extra: readonly { readonly key: string; readonly valueExpression: string }[]
  }
  readonly userValidationRules: readonly { readonly expression: string; readonly message: string }[]
}

export interface ClaimValidationRule {
  readonly claim: string
  readonly requiredValue: string
  readonly expression: string
  readonly message: string
}

export interface PrefixedClaim {
  readonly claim: string
  readonly prefix?: string
  readonly expression: string
}
