import type { Option } from 'commander'
import { type AuthenticationSettings, defaultAuthenticationSettings } from '../control-plane/authentication-settings.ts'
import { duration, list, option, repeated, switchOption } from './flag-types.ts'

/** What commander makes of the flags below. */
export interface AuthenticationFlags {
  readonly anonymousAuth?: boolean
  readonly apiAudiences: readonly string[]
  readonly authenticationConfig?: string
  readonly authenticationTokenWebhookCacheTtl: number
  readonly authenticationTokenWebhookConfigFile?: string
  readonly authenticationTokenWebhookVersion: string
  readonly basicAuthFile?: string
  readonly enableBootstrapTokenAuth: boolean
  readonly oidcCaFile?: string
  readonly oidcClientId?: string
  readonly oidcGroupsClaim?: string
  readonly oidcGroupsPrefix?: string
  readonly oidcIssuerUrl?: string
  readonly oidcRequiredClaim: readonly string[]
  readonly oidcSigningAlgs: readonly string[]
  readonly oidcUsernameClaim?: string
  readonly oidcUsernamePrefix?: string
  readonly proxyClientCertFile?: string
  readonly proxyClientKeyFile?: string
  readonly requestheaderAllowedNames: readonly string[]
  readonly requestheaderClientCaFile?: string
  readonly requestheaderExtraHeadersPrefix: readonly string[]
  readonly requestheaderGroupHeaders: readonly string[]
  readonly requestheaderUidHeaders: readonly string[]
  readonly requestheaderUsernameHeaders: readonly string[]
  readonly serviceAccountExtendTokenExpiration: boolean
  readonly serviceAccountIssuer: readonly string[]
  readonly serviceAccountJwksUri?: string
  readonly serviceAccountKeyFile: readonly string[]
  readonly serviceAccountLookup: boolean
  readonly serviceAccountMaxTokenExpiration: number
  readonly serviceAccountSigningKeyFile?: string
}

/** Flags about who is who, with kube-apiserver's names. Made anew at each call: commander keeps state in options. */
export function authenticationFlags(): readonly Option[] {
  return [...requestHeaderFlags(), ...serviceAccountFlags(), ...oidcFlags(), ...tokenFlags()]
}

function requestHeaderFlags(): readonly Option[] {
  const headers = (flag: string, description: string) =>
    option(`--requestheader-${flag} <name,...>`, description, list).default([])
  return [
    option(
      '--requestheader-client-ca-file <file>',
      'authorities of front proxies, PEM (default: made in the data folder)',
    ),
    headers('allowed-names', 'common names that front proxies may have; none given with a CA file means any'),
    headers('username-headers', 'headers in which front proxies name the user; X-Remote-User is usual'),
    headers('uid-headers', 'headers with the uid of the user; X-Remote-Uid is usual'),
    headers('group-headers', 'headers with the groups of the user; X-Remote-Group is usual'),
    headers('extra-headers-prefix', 'prefixes of headers with more about the user; X-Remote-Extra- is usual'),
    option(
      '--proxy-client-cert-file <file>',
      'certificate shown to extension servers, PEM (default: made in the data folder)',
    ),
    option('--proxy-client-key-file <file>', 'key of the certificate shown to extension servers, PEM'),
  ]
}

function serviceAccountFlags(): readonly Option[] {
  const { serviceAccounts } = defaultAuthenticationSettings
  return [
    option(
      '--service-account-issuer <url>',
      `issuer of service account tokens; repeated, the first signs and all are accepted (default: ${serviceAccounts.issuers.join()})`,
      repeated,
    ).default([], ''),
    option(
      '--service-account-signing-key-file <file>',
      'private key that signs service account tokens, PEM (default: made in the data folder)',
    ),
    option(
      '--service-account-key-file <file>',
      'RSA or ECDSA keys that verify service account tokens, PEM; may be repeated',
      repeated,
    ).default([], ''),
    option('--service-account-jwks-uri <url>', 'where the issuer discovery document says that the key set is'),
    option(
      '--service-account-max-token-expiration <duration>',
      'longest life of a service account token; longer requests are shortened',
      duration,
    ).default(serviceAccounts.maxTokenExpiration, 'no limit'),
    switchOption(
      'service-account-extend-token-expiration',
      'let tokens that kubelets ask for on behalf of pods live for a year',
    ).default(serviceAccounts.extendTokenExpiration),
    switchOption('service-account-lookup', 'check that the Secret of a token in a Secret is still there').default(
      serviceAccounts.lookup,
    ),
    option('--api-audiences <name,...>', 'audiences of this server (default: the issuers)', list).default([], ''),
  ]
}

function oidcFlags(): readonly Option[] {
  return [
    option('--oidc-issuer-url <url>', 'issuer of ID tokens to accept; https only'),
    option('--oidc-client-id <id>', 'audience that ID tokens must have'),
    option('--oidc-ca-file <file>', "authorities of the issuer's certificate, PEM (default: the system's)"),
    option('--oidc-username-claim <claim>', 'claim that names the user (default: sub)'),
    option(
      '--oidc-username-prefix <prefix>',
      'put before user names; - for nothing (default: the issuer, except email)',
    ),
    option('--oidc-groups-claim <claim>', 'claim with the groups of the user'),
    option('--oidc-groups-prefix <prefix>', 'put before groups'),
    option(
      '--oidc-signing-algs <alg,...>',
      'algorithms that ID tokens may be signed with (default: RS256)',
      list,
    ).default([], ''),
    option('--oidc-required-claim <claim=value>', 'claim that ID tokens must have; may be repeated', repeated).default(
      [],
      '',
    ),
    option(
      '--authentication-config <file>',
      'AuthenticationConfiguration: issuers of tokens, and who may come without credentials',
    ),
  ]
}

function tokenFlags(): readonly Option[] {
  const { webhook } = defaultAuthenticationSettings
  return [
    option('--authentication-token-webhook-config-file <file>', 'kubeconfig of a server that is asked about tokens'),
    option(
      '--authentication-token-webhook-cache-ttl <duration>',
      'how long its answers are remembered',
      duration,
    ).default(webhook.cacheTtl, '2m0s'),
    option('--authentication-token-webhook-version <version>', 'version of the TokenReview that it is asked with')
      .choices(['v1', 'v1beta1'])
      .default(webhook.version),
    switchOption('enable-bootstrap-token-auth', 'accept the bootstrap tokens in Secrets of kube-system').default(false),
    option(
      '--basic-auth-file <file>',
      'CSV file of passwords: password,user,uid[,"group1,group2"]; Kubernetes removed this in 1.19',
    ),
  ]
}

/** The settings that the flags mean. */
export function authenticationSettings(flags: AuthenticationFlags): AuthenticationSettings {
  const { serviceAccounts } = defaultAuthenticationSettings
  return {
    requestHeader: {
      ...given('clientCaFile', flags.requestheaderClientCaFile),
      allowedNames: flags.requestheaderAllowedNames,
      usernameHeaders: flags.requestheaderUsernameHeaders,
      uidHeaders: flags.requestheaderUidHeaders,
      groupHeaders: flags.requestheaderGroupHeaders,
      extraHeadersPrefix: flags.requestheaderExtraHeadersPrefix,
    },
    serviceAccounts: {
      issuers: flags.serviceAccountIssuer.length > 0 ? flags.serviceAccountIssuer : serviceAccounts.issuers,
      ...given('signingKeyFile', flags.serviceAccountSigningKeyFile),
      keyFiles: flags.serviceAccountKeyFile,
      ...given('jwksUri', flags.serviceAccountJwksUri),
      maxTokenExpiration: flags.serviceAccountMaxTokenExpiration,
      extendTokenExpiration: flags.serviceAccountExtendTokenExpiration,
      lookup: flags.serviceAccountLookup,
    },
    oidc: {
      ...given('issuerUrl', flags.oidcIssuerUrl),
      ...given('clientId', flags.oidcClientId),
      ...given('caFile', flags.oidcCaFile),
      ...given('usernameClaim', flags.oidcUsernameClaim),
      ...given('usernamePrefix', flags.oidcUsernamePrefix),
      ...given('groupsClaim', flags.oidcGroupsClaim),
      ...given('groupsPrefix', flags.oidcGroupsPrefix),
      signingAlgs: flags.oidcSigningAlgs,
      requiredClaims: flags.oidcRequiredClaim,
    },
    ...given('configFile', flags.authenticationConfig),
    webhook: {
      ...given('configFile', flags.authenticationTokenWebhookConfigFile),
      version: flags.authenticationTokenWebhookVersion,
      cacheTtl: flags.authenticationTokenWebhookCacheTtl,
    },
    anonymousGiven: flags.anonymousAuth !== undefined,
    apiAudiences: flags.apiAudiences,
    bootstrapTokens: flags.enableBootstrapTokenAuth,
    ...given('basicAuthFile', flags.basicAuthFile),
    ...given('proxyClientCertFile', flags.proxyClientCertFile),
    ...given('proxyClientKeyFile', flags.proxyClientKeyFile),
  }
}

function given<Name extends string>(name: Name, value: string | undefined): { readonly [Key in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: string })
}
