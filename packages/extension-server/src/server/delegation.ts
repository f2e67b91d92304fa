import { type Clock, type KubeObject, StatusError } from '@fairlead/apimachinery'
import {
  allowMasters,
  type Authorizer,
  authenticateFrontProxy,
  authenticateWebhookToken,
  buildAuthenticator,
  type RequestAuthenticator,
  rememberTokens,
  unionAuthorizer,
  type WebhookClient,
  WebhookError,
  webhookAuthorizer,
} from '@fairlead/apiserver'
import type { Client } from '@fairlead/client'
import type { AuthenticationOptions, AuthorizationOptions } from './delegation-options.ts'
import { readTrust, type Trust } from './delegation-trust.ts'
import { followFileTrust } from './file-trust.ts'
import { proxiedUsers } from './proxied-users.ts'

/** Who is let in and what they may do, as the main server says. */
export interface Delegation {
  readonly authenticate: RequestAuthenticator
  readonly authorizer: Authorizer
  /** All certificate authorities that the listener must ask for, PEM; empty when there are none. */
  trustedAuthorities(): string
  close(): void
}

export interface DelegationOptions {
  /** Of the main server that says whom it trusts and who a token belongs to. */
  readonly client: Client
  /** Of the one that says who may do what, where that is another. */
  readonly accessClient?: Client
  readonly authentication?: Omit<AuthenticationOptions, 'kubeconfig'>
  readonly authorization?: Omit<AuthorizationOptions, 'kubeconfig'>
  readonly clock: Clock
  /** Called after the authorities have changed. */
  onChange(): void
  onError(message: string, error: unknown): void
}

const namespace = 'kube-system'
const name = 'extension-apiserver-authentication'
/** How long the main server's answers are remembered, in milliseconds (upstream: 10 s each). */
const remembered = 10_000
const healthPaths: readonly string[] = ['/healthz', '/livez', '/readyz']

/**
 * Delegates to a main server: front proxies and client certificates by the authorities of its ConfigMap, which is watched,
 * or of files in their place; tokens by TokenReview; access by SubjectAccessReview. Rejects, with what to do about it, when
 * the ConfigMap cannot be read (DAN-1 to DAN-8, DAZ-1 to DAZ-4).
 */
export async function delegateTo(options: DelegationOptions): Promise<Delegation> {
  const { client, accessClient = client, authentication = {}, authorization = {}, clock, onError } = options
  const { lookup = 'required' } = authentication
  const random = client.times.random
  const configMaps = client.resource('v1', 'configmaps').namespace(namespace)
  const ending = new AbortController()
  const proxied = proxiedUsers()
  const tokens = rememberTokens(
    authenticateWebhookToken({ client: reviews(client, tokenReviews), version: 'v1', audiences: [], clock, random }),
    { clock, recognised: authentication.tokenTtl ?? remembered, unknown: authentication.tokenTtl ?? remembered },
  )
  const files = await followFileTrust(authentication, {
    clock,
    onChange: trustChanged,
    onError: (error) => onError('certificate authorities cannot be read again; the old ones stay', error),
  })
  let published: Trust = {}
  if (lookup !== 'skipped') published = await lookUp()
  let authenticate = authenticatorOf(trust())
  if (lookup !== 'skipped') void follow()
  return {
    authenticate: (request) => authenticate(request),
    authorizer: unionAuthorizer([
      allowMasters,
      allowPaths(authorization.alwaysAllowPaths ?? healthPaths),
      ...(authorization.trustFrontProxy === true ? [proxied.authorizer] : []),
      webhookAuthorizer({
        client: reviews(accessClient, accessReviews),
        version: 'v1',
        authorizedTtl: authorization.authorizedTtl ?? remembered,
        unauthorizedTtl: authorization.unauthorizedTtl ?? remembered,
        failurePolicy: 'NoOpinion',
        clock,
        random,
      }),
    ]),
    trustedAuthorities() {
      const { users, proxies } = trust()
      return [users?.pem, proxies?.authorities.pem].filter((pem) => pem !== undefined).join('\n')
    },
    close() {
      ending.abort()
      files.stop()
    },
  }

  /** What a file says counts in place of what is published. */
  function trust(): Trust {
    return { ...published, ...files.current() }
  }

  function trustChanged(): void {
    authenticate = authenticatorOf(trust())
    options.onChange()
  }

  async function lookUp(): Promise<Trust> {
    try {
      const configMap = await readConfigMap(() => configMaps.get(name))
      return configMap === undefined ? {} : readTrust(configMap)
    } catch (error) {
      if (lookup === 'required') {
        files.stop()
        throw error
      }
      onError(
        'continuing without the authentication configuration of the main server; requests may count as anonymous',
        error,
      )
      return {}
    }
  }

  function authenticatorOf({ users, proxies }: Trust): RequestAuthenticator {
    return buildAuthenticator({
      clock,
      tokens,
      ...(users === undefined ? {} : { clientAuthorities: () => users }),
      ...(proxies === undefined
        ? {}
        : {
            frontProxy: proxied.remember(
              authenticateFrontProxy({
                clock,
                authorities: () => proxies.authorities,
                allowedNames: proxies.allowedNames,
                headers: proxies.headers,
              }),
            ),
          }),
      anonymous: { enabled: true },
    })
  }

  /** Takes over what the ConfigMap says, for as long as the server runs; what cannot be read keeps the old state. */
  async function follow(): Promise<void> {
    try {
      const changes = configMaps.watch({ fieldSelector: `metadata.name=${name}`, signal: ending.signal })
      for await (const { type, object } of changes) {
        if (type !== 'ADDED' && type !== 'MODIFIED') continue
        try {
          published = readTrust(object)
          trustChanged()
        } catch (error) {
          onError('the authentication ConfigMap cannot be read; the authorities stay as they were', error)
        }
      }
    } catch (error) {
      if (!ending.signal.aborted) onError('the authentication ConfigMap is no longer watched', error)
    }
  }
}

const tokenReviews = '/apis/authentication.k8s.io/v1/tokenreviews'
const accessReviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews'

/** Lets everybody read paths; one that ends with `*` stands for all that begin so. A leading slash may be missing. */
function allowPaths(paths: readonly string[]): Authorizer {
  const wrong = paths.find((path) => path.slice(0, -1).includes('*'))
  if (wrong !== undefined) throw new Error(`only trailing * allowed in "${wrong}"`)
  const open = paths.map((path) => `/${path.replace(/^\//, '')}`)
  const isOpen = (path: string): boolean =>
    open.some((each) => (each.endsWith('*') ? path.startsWith(each.slice(0, -1)) : path === each))
  return ({ isResourceRequest, path }) =>
    !isResourceRequest && isOpen(path) ? { decision: 'allow' } : { decision: 'no-opinion' }
}

/** Posts reviews to the main server. */
function reviews(client: Client, path: string): WebhookClient {
  return {
    async post(body) {
      try {
        const response = await client.stream({ method: 'POST', path, body })
        return await response.text()
      } catch (error) {
        if (error instanceof StatusError) throw new WebhookError(error.code, error.message)
        throw error
      }
    },
    close: () => {},
  }
}

/** Undefined when there is none: a main server without certificate authorities of its own publishes nothing. */
async function readConfigMap(read: () => Promise<KubeObject>): Promise<KubeObject | undefined> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    if (error.code === 404) return undefined
    const hint =
      error.code === 403
        ? `; allow it with: kubectl create rolebinding -n ${namespace} ROLEBINDING_NAME --role=${name}-reader --serviceaccount=YOUR_NS:YOUR_SA`
        : ''
    throw new Error(`unable to load configmap based request-header-client-ca-file: ${error.message}${hint}`, {
      cause: error,
    })
  }
}
