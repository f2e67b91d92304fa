import { join } from 'node:path'
import { type Clock, type KubeObject, systemClock } from '@fairlead/apimachinery'
import {
  type Action,
  type AnonymousOptions,
  authenticateBasicAuthFile,
  authenticateBootstrapToken,
  authenticateFrontProxy,
  authenticateWebhookToken,
  buildAuthenticator,
  createWebhookClient,
  type Handler,
  type HandlerChainOptions,
  readWebhookTarget,
  rememberTokens,
  type RequestAuthenticator,
  type ResourceStore,
  type TokenAuthenticator,
  unionTokenAuthenticator,
  withServerAudiences,
  type KeyPair,
} from '@fairlead/apiserver'
import type { Certificates } from '../certificates/certificate-folder.ts'
import { readFlagFile } from '../files/read-flag-file.ts'
import type { Logger } from '../logging/logger.ts'
import type { AuthenticationSettings } from './authentication-settings.ts'
import type { AuthenticationTrust } from './authentication-trust.ts'
import { readFrontProxyTrust } from './front-proxy.ts'
import { openConfiguration } from './jwt-authentication.ts'
import type { ControlPlaneOptions } from './options.ts'
import { openServiceAccountTokens } from './service-account-tokens.ts'
import { TrustedAuthorities } from './trusted-authorities.ts'

const webhookTimeout = 30_000

/** What authentication is put together from. */
export interface AuthenticationParts {
  readonly options: ControlPlaneOptions
  readonly certificates: Certificates
  /** Recognises the tokens of the static file. */
  readonly staticTokens: TokenAuthenticator
  readonly logger: Logger
  /** Who may come without credentials, unless nobody may. */
  readonly anonymous: AnonymousOptions
  /** The store of a core resource. Asked when requests come, not before. */
  store(resource: string): ResourceStore | undefined
  serverAddress(): string
}

/** How a control plane recognises its users. */
export interface Authentication {
  /** What the filters need to know. */
  readonly filters: Pick<HandlerChainOptions, 'authenticate' | 'audiences' | 'frontProxyHeaders' | 'challenge'>
  readonly tokens: TokenAuthenticator
  readonly audiences: readonly string[]
  readonly authorities: TrustedAuthorities
  /** What extension servers are told. */
  trust(): AuthenticationTrust
  /** Answers by resource and subresource, as the registry looks them up. */
  readonly actions: Readonly<Record<string, Action>>
  readonly routes: ReadonlyMap<string, Handler>
  /** Makes the token of a ServiceAccount that stands in a Secret. */
  issueSecretToken(serviceAccount: KubeObject, secret: KubeObject): Promise<string>
  /** What this server shows to extension servers. */
  readonly proxyClient: KeyPair
  close(): void
}

/** Reads keys, certificates and files, and puts the authenticators together in the order of kube-apiserver. */
export async function openAuthentication(parts: AuthenticationParts): Promise<Authentication> {
  const { options, certificates, logger } = parts
  const settings = options.authentication
  const clock = systemClock
  const clientCa = clientAuthorities(options, certificates)
  const frontProxy = await readFrontProxyTrust(settings, { made: certificates, clientCa })
  const authorities = new TrustedAuthorities(clientCa, frontProxy.authority)
  const { apiAudiences, serviceAccounts } = settings
  const audiences = apiAudiences.length > 0 ? apiAudiences : serviceAccounts.issuers
  const accountTokens = await openServiceAccountTokens({
    settings: serviceAccounts,
    audiences,
    keyFolder: join(options.dataDir, 'pki'),
    clock,
    logger,
    store: parts.store,
    serverAddress: parts.serverAddress,
  })
  const passwords = await readPasswords(settings.basicAuthFile)
  const webhook = await openWebhook(settings, { clock, audiences })
  const configuration = await openConfiguration(settings, { clock, logger })
  const tokens = unionTokenAuthenticator([
    withServerAudiences(audiences, parts.staticTokens),
    accountTokens.authenticate,
    ...(settings.bootstrapTokens ? [withServerAudiences(audiences, bootstrapTokens(parts, clock))] : []),
    withServerAudiences(audiences, configuration.jwt.authenticate),
    ...(webhook === undefined ? [] : [webhook.authenticate]),
  ])
  return {
    filters: {
      authenticate: buildAuthenticator({
        clock,
        tokens,
        frontProxy: authenticateFrontProxy({ ...frontProxy, clock, authorities: () => authorities.frontProxy }),
        ...(passwords === undefined ? {} : { passwords }),
        clientAuthorities: () => authorities.client,
        anonymous: anonymousOptions(parts, configuration.anonymous),
      }),
      audiences,
      frontProxyHeaders: frontProxy.headers,
      ...(passwords === undefined ? {} : { challenge: 'Basic realm="kubernetes-master"' }),
    },
    tokens,
    audiences,
    authorities,
    trust: () => ({
      clientCa: authorities.client.pem,
      frontProxyCa: authorities.frontProxy.pem,
      allowedNames: frontProxy.allowedNames,
      headers: frontProxy.headers,
    }),
    actions: { 'serviceaccounts/token': accountTokens.tokenRequest },
    routes: accountTokens.routes,
    issueSecretToken: accountTokens.issueSecretToken,
    proxyClient: frontProxy.client,
    close() {
      configuration.jwt.close()
      webhook?.close()
    },
  }
}

/** Our own authority stays trusted beside a given one, because the kubeconfig's owner comes with a certificate of it. */
function clientAuthorities({ clientCa }: ControlPlaneOptions, { authority }: Certificates): string {
  return clientCa === undefined ? authority.certificate : `${clientCa}\n${authority.certificate}`
}

function bootstrapTokens({ store }: AuthenticationParts, clock: Clock): TokenAuthenticator {
  const findSecret = async (name: string) =>
    (await store('secrets')?.find({ namespace: 'kube-system', name }))?.object()
  return authenticateBootstrapToken({ clock, findSecret })
}

/** What the configuration file says counts more than the flag. Without paths of its own it opens no more than the authorizer allows. */
function anonymousOptions(
  { options, anonymous }: Pick<AuthenticationParts, 'options' | 'anonymous'>,
  configured: { readonly enabled: boolean; readonly paths: readonly string[] } | undefined,
): AnonymousOptions {
  if (configured === undefined) return options.anonymousAuth ? anonymous : { enabled: false }
  const { enabled, paths } = configured
  return paths.length === 0 ? { ...anonymous, enabled } : { enabled, paths }
}

async function openWebhook(
  { webhook }: AuthenticationSettings,
  { clock, audiences }: { readonly clock: Clock; readonly audiences: readonly string[] },
): Promise<{ readonly authenticate: TokenAuthenticator; close(): void } | undefined> {
  const { configFile, version, cacheTtl } = webhook
  if (configFile === undefined) return undefined
  if (version !== 'v1' && version !== 'v1beta1') {
    throw new Error(`unsupported authentication webhook version "${version}", supported versions are "v1", "v1beta1"`)
  }
  const client = createWebhookClient(await readWebhookTarget(configFile), { timeout: webhookTimeout })
  const authenticate = authenticateWebhookToken({ client, version, audiences, clock, random: Math.random })
  return {
    authenticate: rememberTokens(authenticate, { clock, recognised: cacheTtl, unknown: cacheTtl }),
    close: () => client.close(),
  }
}

async function readPasswords(file: string | undefined): Promise<RequestAuthenticator | undefined> {
  return file === undefined ? undefined : authenticateBasicAuthFile(await readFlagFile('--basic-auth-file', file))
}
