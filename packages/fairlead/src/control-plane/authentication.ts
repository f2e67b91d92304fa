import { join } from 'node:path'
import { type Clock, systemClock } from '@fairlead/apimachinery'
import {
  type Action,
  authenticateBasicAuthFile,
  authenticateBootstrapToken,
  authenticateFrontProxy,
  buildAuthenticator,
  type Handler,
  type HandlerChainOptions,
  type RequestAuthenticator,
  type ResourceStore,
  type TokenAuthenticator,
  unionTokenAuthenticator,
  withServerAudiences,
} from '@fairlead/apiserver'
import type { Certificates } from '../certificates/certificate-folder.ts'
import type { KeyPair } from '../certificates/issue.ts'
import { readFlagFile } from '../files/read-flag-file.ts'
import type { Logger } from '../logging/logger.ts'
import type { AuthenticationTrust } from './authentication-trust.ts'
import { readFrontProxyTrust } from './front-proxy.ts'
import type { ControlPlaneOptions } from './options.ts'
import { openServiceAccountTokens, type ServiceAccountTokens } from './service-account-tokens.ts'
import { TrustedAuthorities } from './trusted-authorities.ts'

/** What authentication is put together from. */
export interface AuthenticationParts {
  readonly options: ControlPlaneOptions
  readonly certificates: Certificates
  /** Recognises the tokens of the static file. */
  readonly staticTokens: TokenAuthenticator
  readonly logger: Logger
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
  /** What this server shows to extension servers. */
  readonly proxyClient: KeyPair
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
  const tokens = tokenAuthenticator({ parts, clock, audiences, accountTokens })
  const passwords = await readPasswords(settings.basicAuthFile)
  return {
    filters: {
      authenticate: buildAuthenticator({
        clock,
        tokens,
        frontProxy: authenticateFrontProxy({ ...frontProxy, clock, authorities: () => authorities.frontProxy }),
        ...(passwords === undefined ? {} : { passwords }),
        clientAuthorities: () => authorities.client,
        ...(options.anonymousAuth ? {} : { anonymous: { enabled: false } }),
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
    proxyClient: frontProxy.client,
  }
}

/** Our own authority stays trusted beside a given one, because the kubeconfig's owner comes with a certificate of it. */
function clientAuthorities({ clientCa }: ControlPlaneOptions, { authority }: Certificates): string {
  return clientCa === undefined ? authority.certificate : `${clientCa}\n${authority.certificate}`
}

function tokenAuthenticator({
  parts,
  clock,
  audiences,
  accountTokens,
}: {
  readonly parts: AuthenticationParts
  readonly clock: Clock
  readonly audiences: readonly string[]
  readonly accountTokens: ServiceAccountTokens
}): TokenAuthenticator {
  const { bootstrapTokens } = parts.options.authentication
  const findSecret = async (name: string) =>
    (await parts.store('secrets')?.find({ namespace: 'kube-system', name }))?.object()
  return unionTokenAuthenticator([
    withServerAudiences(audiences, parts.staticTokens),
    accountTokens.authenticate,
    ...(bootstrapTokens ? [withServerAudiences(audiences, authenticateBootstrapToken({ clock, findSecret }))] : []),
  ])
}

async function readPasswords(file: string | undefined): Promise<RequestAuthenticator | undefined> {
  return file === undefined ? undefined : authenticateBasicAuthFile(await readFlagFile('--basic-auth-file', file))
}
