import { readFile } from 'node:fs/promises'
import { aggregateFieldErrors, type Clock } from '@fairlead/apimachinery'
import {
  type AuthenticationConfiguration,
  createJwtAuthentication,
  type JwtAuthentication,
  jwtAlgorithms,
  type JwtIssuer,
  parseAuthenticationConfiguration,
  validateAuthenticationConfiguration,
} from '@fairlead/apiserver'
import { readFlagFile } from '../files/read-flag-file.ts'
import type { Logger } from '../logging/logger.ts'
import type { AuthenticationSettings, OidcSettings } from './authentication-settings.ts'

/** Issuers elsewhere, and what the configuration file says of those who come without credentials. */
export interface OpenedConfiguration {
  readonly jwt: JwtAuthentication
  readonly anonymous?: NonNullable<AuthenticationConfiguration['anonymous']>
}

/** How long a start waits for issuers to answer, so that a server that is ready knows those that can be reached. */
const firstAttemptPatience = 5000

/** Reads the configuration file or the flags, checks them, and asks the issuers for their keys. */
export async function openConfiguration(
  settings: AuthenticationSettings,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<OpenedConfiguration> {
  const configuration = await readConfiguration(settings)
  const errors = validateAuthenticationConfiguration(configuration, settings.serviceAccounts.issuers)
  if (errors.length > 0) throw new Error(`invalid authentication configuration: ${aggregateFieldErrors(errors)}`)
  const { anonymous } = configuration
  if (anonymous !== undefined && settings.anonymousGiven) {
    throw new Error(
      'anonymous: Forbidden: --anonymous-auth flag cannot be set when anonymous field is configured in authentication configuration file',
    )
  }
  const jwt = createJwtAuthentication({
    issuers: configuration.jwt,
    algorithms: algorithms(settings),
    clock,
    onError: (issuer, error) => logger.error({ err: error, issuer }, 'oidc authenticator: initializing plugin'),
  })
  await atMost(clock, firstAttemptPatience, jwt.firstAttempt)
  return { jwt, ...(anonymous === undefined ? {} : { anonymous }) }
}

async function readConfiguration(settings: AuthenticationSettings): Promise<AuthenticationConfiguration> {
  const { configFile, oidc } = settings
  const isGiven = Object.values(oidc).some((value) => value !== undefined && value.length > 0)
  if (configFile === undefined) {
    if (!isGiven) return { jwt: [] }
    return { jwt: [await issuerOfFlags(oidc)] }
  }
  if (isGiven) throw new Error('authentication-config file and oidc-* flags are mutually exclusive')
  try {
    return parseAuthenticationConfiguration(await readFile(configFile, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`failed to load authentication configuration from file "${configFile}": ${reason}`, { cause })
  }
}

async function issuerOfFlags(oidc: OidcSettings): Promise<JwtIssuer> {
  const { issuerUrl, clientId, usernameClaim = 'sub', usernamePrefix = '', groupsClaim = '', groupsPrefix = '' } = oidc
  if (issuerUrl === undefined || clientId === undefined) {
    throw new Error('oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set')
  }
  const standardPrefix = usernameClaim === 'email' ? '' : `${issuerUrl}#`
  return {
    issuer: {
      url: issuerUrl,
      discoveryUrl: '',
      certificateAuthority: oidc.caFile === undefined ? '' : await readFlagFile('--oidc-ca-file', oidc.caFile),
      audiences: [clientId],
      audienceMatchPolicy: '',
      egressSelectorType: '',
    },
    claimValidationRules: oidc.requiredClaims.map(requiredClaim),
    claimMappings: {
      username: {
        claim: usernameClaim,
        prefix: usernamePrefix === '' ? standardPrefix : usernamePrefix === '-' ? '' : usernamePrefix,
        expression: '',
      },
      groups: { claim: groupsClaim, ...(groupsClaim === '' ? {} : { prefix: groupsPrefix }), expression: '' },
      uid: { claim: '', expression: '' },
      extra: [],
    },
    userValidationRules: [],
  }
}

function requiredClaim(pair: string): JwtIssuer['claimValidationRules'][number] {
  const equals = pair.indexOf('=')
  if (equals === -1) throw new Error(`--oidc-required-claim: "${pair}" is not of the form claim=value`)
  return {
    claim: pair.slice(0, equals).trim(),
    requiredValue: pair.slice(equals + 1).trim(),
    expression: '',
    message: '',
  }
}

/** A configuration file may use them all; flags say which. */
function algorithms({ configFile, oidc }: AuthenticationSettings): readonly string[] {
  if (configFile !== undefined) return jwtAlgorithms
  const unknown = oidc.signingAlgs.find((algorithm) => !(jwtAlgorithms as readonly string[]).includes(algorithm))
  if (unknown !== undefined) throw new Error(`oidc: unsupported signing alg: "${unknown}"`)
  return oidc.signingAlgs.length > 0 ? oidc.signingAlgs : ['RS256']
}

async function atMost(clock: Clock, delay: number, work: Promise<void>): Promise<void> {
  let cancel: (() => void) | undefined
  const limit = new Promise<void>((resolve) => {
    cancel = clock.after(delay, resolve)
  })
  await Promise.race([work, limit])
  cancel?.()
}
