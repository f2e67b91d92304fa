import { randomUUID } from 'node:crypto'
import { type Clock, deepCopy, type KubeObject } from '@fairlead/apimachinery'
import {
  type Action,
  authenticateServiceAccountToken,
  createTokenRequestAction,
  createTokenSigner,
  type FindBoundObject,
  type Handler,
  issuerDiscoveryProblem,
  issuerDiscoveryRoutes,
  lastUsedLabel,
  parseSigningKey,
  parseVerificationKeys,
  type ResourceStore,
  secretTokenClaims,
  type TokenAuthenticator,
  type TokenKey,
  verificationKey,
} from '@fairlead/apiserver'
import { ensureTokenKey } from '../certificates/token-key-file.ts'
import { readFlagFile } from '../files/read-flag-file.ts'
import type { Logger } from '../logging/logger.ts'
import type { ServiceAccountSettings } from './authentication-settings.ts'

const hour = 3_600_000
const longest = 2 ** 32 * 1000
const year = 365 * 24 * 60 * 60

/** What service account tokens are made and verified with. */
export interface ServiceAccountTokenParts {
  readonly settings: ServiceAccountSettings
  readonly audiences: readonly string[]
  /** Where the signing key is kept when none is given. */
  readonly keyFolder: string
  readonly clock: Clock
  readonly logger: Logger
  /** The store of a core resource. */
  store(resource: string): ResourceStore | undefined
  /** Host and port under which clients reach this server. */
  serverAddress(): string
}

/** Service account tokens of a server: recognising them, issuing them, and telling others how to verify them. */
export interface ServiceAccountTokens {
  readonly authenticate: TokenAuthenticator
  readonly tokenRequest: Action
  /** Makes the token of a ServiceAccount that stands in a Secret. */
  issueSecretToken(serviceAccount: KubeObject, secret: KubeObject): Promise<string>
  readonly routes: ReadonlyMap<string, Handler>
}

/** Reads the keys and puts the parts together. Throws with the flag's name. */
export async function openServiceAccountTokens(parts: ServiceAccountTokenParts): Promise<ServiceAccountTokens> {
  const { settings, audiences, clock, logger } = parts
  const { maxTokenExpiration, lookup } = settings
  checkSettings(settings)
  const signing = parseSigningKey(await signingKeyText(parts))
  const keys = await readKeys(settings, signing)
  const find = finder(parts)
  const issuer = settings.issuers[0] ?? ''
  const sign = createTokenSigner(signing)
  return {
    authenticate: authenticateServiceAccountToken({
      clock,
      issuers: settings.issuers,
      keys: () => keys,
      audiences,
      find,
      lookup,
      markSecretUsed: secretMarker(parts),
    }),
    tokenRequest: createTokenRequestAction({
      clock,
      newId: randomUUID,
      issuer,
      sign,
      audiences,
      find,
      ...(maxTokenExpiration === 0 ? {} : { maxExpirationSeconds: Math.floor(maxTokenExpiration / 1000) }),
      ...(settings.extendTokenExpiration ? { extendedExpirationSeconds: year } : {}),
    }),
    issueSecretToken: (serviceAccount, secret) => sign(secretTokenClaims(serviceAccount, secret)),
    routes: discovery({ issuer, keys, jwksUri: settings.jwksUri, logger, serverAddress: parts.serverAddress }),
  }
}

function checkSettings({
  issuers,
  keyFiles,
  signingKeyFile,
  jwksUri,
  maxTokenExpiration,
}: ServiceAccountSettings): void {
  if (issuers.length === 0) throw new Error('service-account-issuer is a required flag')
  issuers.forEach((issuer, index) => {
    if (issuer === '') throw new Error('service-account-issuer should not be an empty string')
    if (issuers.indexOf(issuer) !== index) throw new Error(`service-account-issuer "${issuer}" is already specified`)
    if (issuer.includes(':') && !URL.canParse(issuer)) {
      throw new Error(`service-account-issuer "${issuer}" contained a ':' but was not a valid URL`)
    }
  })
  if (signingKeyFile !== undefined && keyFiles.length === 0) {
    throw new Error('--service-account-key-file must be specified when --service-account-signing-key-file is provided')
  }
  if (maxTokenExpiration !== 0 && (maxTokenExpiration < hour || maxTokenExpiration > longest)) {
    throw new Error('the service-account-max-token-expiration must be between 1 hour and 2^32 seconds')
  }
  if (jwksUri === undefined) return
  if (!URL.canParse(jwksUri)) throw new Error('service-account-jwks-uri must be a valid URL')
  if (!jwksUri.startsWith('https:')) {
    throw new Error(`service-account-jwks-uri requires https scheme, parsed as: ${jwksUri}`)
  }
}

async function signingKeyText({ settings, keyFolder }: ServiceAccountTokenParts): Promise<string> {
  const { signingKeyFile } = settings
  return signingKeyFile === undefined
    ? await ensureTokenKey(keyFolder)
    : await readFlagFile('--service-account-signing-key-file', signingKeyFile)
}

/** A signing key of our own is also one that verifies; of a given one the key files tell how it is verified. */
async function readKeys(settings: ServiceAccountSettings, signing: TokenKey): Promise<readonly TokenKey[]> {
  const texts = await Promise.all(settings.keyFiles.map((file) => readFlagFile('--service-account-key-file', file)))
  const given = texts.flatMap(parseVerificationKeys)
  return settings.signingKeyFile === undefined ? [verificationKey(signing), ...given] : given
}

function finder({ store }: ServiceAccountTokenParts): FindBoundObject {
  return async (resource, key) => (await store(resource)?.find(key))?.object()
}

function secretMarker({ store, logger }: ServiceAccountTokenParts) {
  return async ({ metadata }: KubeObject, day: string): Promise<void> => {
    const { namespace = '', name = '', uid } = metadata
    try {
      await store('secrets')?.change({ namespace, name }, { dryRun: false }, async (current) => {
        if (current === undefined) throw new Error('the secret is gone')
        const secret = deepCopy(current.object())
        if (secret.metadata.uid !== uid) return { type: 'keep' }
        secret.metadata.labels = { ...secret.metadata.labels, [lastUsedLabel]: day }
        return { type: 'put', object: secret }
      })
    } catch (error) {
      logger.error({ err: error, namespace, name }, 'cannot label legacy service account token with last-used date')
    }
  }
}

function discovery(parts: {
  readonly issuer: string
  readonly keys: readonly TokenKey[]
  readonly jwksUri: string | undefined
  readonly logger: Logger
  serverAddress(): string
}): ReadonlyMap<string, Handler> {
  const { issuer, keys, jwksUri, logger } = parts
  const problem = issuerDiscoveryProblem(issuer)
  if (problem !== undefined) {
    logger.warn({ issuer }, `service account issuer discovery is off: ${problem}`)
    return new Map()
  }
  return issuerDiscoveryRoutes({
    issuer,
    jwksUri: () => jwksUri ?? `https://${parts.serverAddress()}/openid/v1/jwks`,
    keys: () => keys,
  })
}
