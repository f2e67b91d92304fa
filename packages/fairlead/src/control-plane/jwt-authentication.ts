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
import { followIssuers } from './follow-issuers.ts'

/** Issuers elsewhere, and what the configuration file says of those who come without credentials. */
export interface OpenedConfiguration {
  readonly jwt: Pick<JwtAuthentication, 'authenticate' | 'close'>
  readonly anonymous?: NonNullable<AuthenticationConfiguration['anonymous']>
}

/** How long a start waits for issuers to answer, so that a server that is ready knows those that can be reached. */
const firstAttemptPatience = 5000

/**
 * Reads the configuration file or the flags, checks them, and asks the issuers for their keys. The file is followed; who
 * may come without credentials cannot change with it.
 */
export async function openConfiguration(
  settings: AuthenticationSettings,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<OpenedConfiguration> {
  const { configFile } = settings
  const text = await readConfigurationText(settings)
  const check = (configuration: AuthenticationConfiguration) => checked(configuration, settings)
  const configuration = check(
    configFile === undefined || text === undefined ? await configurationOfFlags(settings) : parseFile(configFile, text),
  )
  const { anonymous } = configuration
  if (anonymous !== undefined && settings.anonymousGiven) {
    throw new Error(
      'anonymous: Forbidden: --anonymous-auth flag cannot be set when anonymous field is configured in authentication configuration file',
    )
  }
  const create = (current: AuthenticationConfiguration) =>
    createJwtAuthentication({
      issuers: current.jwt,
      algorithms: algorithms(settings),
      clock,
      onError: (issuer, error) => logger.error({ err: error, issuer }, 'oidc authenticator: initializing plugin'),
    })
  const jwt = create(configuration)
  await atMost(clock, firstAttemptPatience, jwt.firstAttempt)
  if (configFile === undefined || text === undefined) return { jwt }
  return {
    jwt: followIssuers(configFile, {
      initial: { text, jwt, configuration },
      read: (changed) => check(parseAuthenticationConfiguration(changed)),
      create,
      clock,
      logger,
    }),
    ...(anonymous === undefined ? {} : { anonymous }),
  }
}

function checked(configuration: AuthenticationConfiguration, settings: AuthenticationSettings) {
  const errors = validateAuthenticationConfiguration(configuration, settings.serviceAccounts.issuers)
  if (errors.length > 0) throw new Error(`invalid authentication configuration: ${aggregateFieldErrors(errors)}`)
  return configuration
}

async function readConfigurationText({ configFile, oidc }: AuthenticationSettings): Promise<string | undefined> {
  if (configFile === undefined) return undefined
  if (isGiven(oidc)) throw new Error('authentication-config file and oidc-* flags are mutually exclusive')
  return await readFlagFile('--authentication-config', configFile)
}

function parseFile(path: string, text: string): AuthenticationConfiguration {
  try {
    return parseAuthenticationConfiguration(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`failed to load authentication configuration from file "${path}": ${reason}`, { cause })
  }
}

function isGiven(oidc: OidcSettings): boolean {
  return Object.values(oidc).some((value) => value !== undefined && value.length > 0)
}

async function configurationOfFlags({ oidc }: AuthenticationSettings): Promise<AuthenticationConfiguration> {
  return { jwt: isGiven(oidc) ? [await issuerOfFlags(oidc)] : [] }
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
