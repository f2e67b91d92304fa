import { readFile } from 'node:fs/promises'
import { type Clock, quote, systemClock } from '@fairlead/apimachinery'
import {
  abacAuthorizer,
  abacRules,
  type AnonymousOptions,
  type Authorizer,
  allowMasters,
  alwaysAllow,
  alwaysDeny,
  anonymousProbes,
  type AuthorizationConfiguration,
  type AuthorizerConfiguration,
  createWebhookClient,
  escalationChecks,
  everythingAllowed,
  followNodeObjects,
  followPolicy,
  nodeAuthorizer,
  nodeRuleResolver,
  nodeRules,
  nothingAllowed,
  parseAbacPolicies,
  rbacAuthorizer,
  rbacRules,
  readWebhookTarget,
  type ResourceStore,
  type RuleResolver,
  unionAuthorizer,
  unionRuleResolver,
  webhookAuthorizer,
  webhookRuleResolver,
  type WriteChecks,
} from '@fairlead/apiserver'
import { readFlagFile } from '../files/read-flag-file.ts'
import type { Logger } from '../logging/logger.ts'
import { authorizationConfiguration } from './authorization-configuration.ts'
import type { AuthorizationSettings } from './authorization-settings.ts'
import { followFiles } from './reload.ts'

/** Who may do what, for everything that asks. */
export interface Authorization {
  readonly authorizer: Authorizer
  readonly rulesFor: RuleResolver
  readonly writeChecks: WriteChecks
  /** Who may come without credentials: where everybody may do everything, only for health and version. */
  readonly anonymous: AnonymousOptions
  close(): void
}

/** Finds the store of a resource once the registry is there. */
export type FindStore = (group: string, resource: string) => ResourceStore | undefined

const webhookTimeout = 30_000

/** An authorizer with the rules that it can list. */
interface Part {
  readonly authorizer: Authorizer
  readonly rulesFor: RuleResolver
}

/** The authorizers that are in force at the moment, in their order. */
interface Chain extends Part {
  readonly allowsEverything: boolean
  close(): void
}

/**
 * Members of `system:masters` first, then the authorizers of the file or the flags in their order. A changed file takes
 * over when everything that it names is well; otherwise the old authorizers stay, and the reason is logged. Throws what is
 * wrong at the start with either, or with the files that they name.
 */
export async function openAuthorization(
  settings: AuthorizationSettings,
  tools: { readonly find: FindStore; readonly clock: Clock; readonly logger: Logger },
): Promise<Authorization> {
  const parts: PartTools = {
    settings,
    policy: followPolicy(() => policyStores(tools.find)),
    nodes: followNodeObjects(() => nodeStores(tools.find)),
  }
  // Read before the configuration is: a change between the two is taken over, not missed.
  let text = settings.configFile === undefined ? '' : await readFile(settings.configFile, 'utf8').catch(() => '')
  let current = await openChain(await authorizationConfiguration(settings), parts)
  const { allowsEverything } = current
  const stop = settings.configFile === undefined ? undefined : followConfiguration(settings.configFile)
  const authorizer: Authorizer = (attributes) => current.authorizer(attributes)
  return {
    authorizer,
    rulesFor: (user, namespace) => current.rulesFor(user, namespace),
    writeChecks: escalationChecks({ source: parts.policy, authorizer }),
    anonymous: allowsEverything ? anonymousProbes : { enabled: true },
    close() {
      stop?.()
      current.close()
    },
  }

  function followConfiguration(path: string): () => void {
    return followFiles(
      [path],
      ([changed = '']) => {
        if (changed === text) return
        text = changed
        void takeOver(path, changed)
      },
      tools,
    )
  }

  async function takeOver(file: string, changed: string): Promise<void> {
    try {
      const next = await openChain(await authorizationConfiguration(settings), parts)
      if (changed !== text) {
        // The file has changed again meanwhile, and is looked at again.
        next.close()
      } else if (next.allowsEverything !== allowsEverything) {
        next.close()
        throw new Error('AlwaysAllow can neither come nor go while the server runs: anonymous requests depend on it')
      } else {
        current.close()
        current = next
        tools.logger.info({ file }, 'authorization configuration reloaded')
      }
    } catch (error) {
      tools.logger.error(
        { file, err: error },
        'the changed authorization configuration cannot be used; the old one stays',
      )
    }
  }
}

async function openChain({ authorizers }: AuthorizationConfiguration, tools: PartTools): Promise<Chain> {
  const closers: (() => void)[] = []
  const parts = await Promise.all(
    authorizers.map((entry) =>
      entry.webhook === undefined ? openPart(entry.type, tools) : openWebhook(entry.webhook, closers),
    ),
  )
  return {
    authorizer: unionAuthorizer([allowMasters, ...parts.map((part) => part.authorizer)]),
    rulesFor: unionRuleResolver(parts.map((part) => part.rulesFor)),
    allowsEverything: authorizers.some(({ type }) => type === 'AlwaysAllow'),
    close: () => closers.forEach((close) => close()),
  }
}

interface PartTools {
  readonly policy: ReturnType<typeof followPolicy>
  readonly nodes: ReturnType<typeof followNodeObjects>
  readonly settings: AuthorizationSettings
}

async function openPart(type: string, { policy, nodes, settings }: PartTools): Promise<Part> {
  switch (type) {
    case 'AlwaysAllow':
      return { authorizer: alwaysAllow, rulesFor: everythingAllowed }
    case 'AlwaysDeny':
      return { authorizer: alwaysDeny, rulesFor: nothingAllowed }
    case 'RBAC':
      return { authorizer: rbacAuthorizer(policy), rulesFor: rbacRules(policy) }
    case 'Node':
      return { authorizer: nodeAuthorizer(nodes, nodeRules()), rulesFor: nodeRuleResolver }
    case 'ABAC': {
      const path = settings.policyFile
      if (path === undefined) throw new Error("authorization-mode ABAC's authorization policy file not passed")
      const policies = parseAbacPolicies(await readFlagFile('--authorization-policy-file', path), path)
      return { authorizer: abacAuthorizer(policies), rulesFor: abacRules(policies) }
    }
    default:
      throw new Error(`unknown authorization mode ${type} specified`)
  }
}

async function openWebhook(
  webhook: NonNullable<AuthorizerConfiguration['webhook']>,
  closers: (() => void)[],
): Promise<Part> {
  const version = webhook.subjectAccessReviewVersion
  if (version !== 'v1' && version !== 'v1beta1') {
    throw new Error(`unsupported webhook authorizer version ${quote(version)}, supported versions are "v1", "v1beta1"`)
  }
  const target = await readWebhookTarget(webhook.kubeConfigFile)
  const client = createWebhookClient(target, { timeout: webhook.timeout ?? webhookTimeout })
  closers.push(() => client.close())
  return {
    authorizer: webhookAuthorizer({
      client,
      version,
      authorizedTtl: webhook.cacheAuthorizedRequests ? webhook.authorizedTtl : 0,
      unauthorizedTtl: webhook.cacheUnauthorizedRequests ? webhook.unauthorizedTtl : 0,
      failurePolicy: webhook.failurePolicy === 'Deny' ? 'Deny' : 'NoOpinion',
      clock: systemClock,
      random: Math.random,
    }),
    rulesFor: webhookRuleResolver,
  }
}

function policyStores(find: FindStore): ReturnType<Parameters<typeof followPolicy>[0]> {
  const store = (resource: string): ResourceStore => {
    const found = find('rbac.authorization.k8s.io', resource)
    if (found === undefined) throw new Error(`the registry does not have ${resource}`)
    return found
  }
  return {
    roles: store('roles'),
    clusterRoles: store('clusterroles'),
    roleBindings: store('rolebindings'),
    clusterRoleBindings: store('clusterrolebindings'),
  }
}

function nodeStores(find: FindStore): ReturnType<Parameters<typeof followNodeObjects>[0]> {
  return {
    pods: find('', 'pods'),
    persistentVolumes: find('', 'persistentvolumes'),
    volumeAttachments: find('storage.k8s.io', 'volumeattachments'),
    resourceSlices: find('resource.k8s.io', 'resourceslices'),
  }
}
