import type { Option } from 'commander'
import { type AuthenticationSettings, defaultAuthenticationSettings } from '../control-plane/authentication-settings.ts'
import { duration, list, option, repeated, switchOption } from './flag-types.ts'

/** What commander makes of the flags below. */
export interface AuthenticationFlags {
  readonly apiAudiences: readonly string[]
  readonly basicAuthFile?: string
  readonly enableBootstrapTokenAuth: boolean
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
  return [...requestHeaderFlags(), ...serviceAccountFlags(), ...tokenFlags()]
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

function tokenFlags(): readonly Option[] {
  return [
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
