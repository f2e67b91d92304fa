import {
  type AnonymousOptions,
  type Authorizer,
  allowMasters,
  alwaysAllow,
  alwaysDeny,
  anonymousProbes,
  escalationChecks,
  everythingAllowed,
  followNodeObjects,
  followPolicy,
  nodeAuthorizer,
  nodeRuleResolver,
  nodeRules,
  nothingAllowed,
  rbacAuthorizer,
  rbacRules,
  type Registry,
  type ResourceStore,
  type RuleResolver,
  unionAuthorizer,
  unionRuleResolver,
  type WriteChecks,
} from '@fairlead/apiserver'
import { ensureBootstrapPolicy } from '../bootstrap/ensure-bootstrap-policy.ts'
import type { LoopbackCall } from '../bootstrap/ensure-server-owned-objects.ts'
import type { Logger } from '../logging/logger.ts'
import { aggregateClusterRoles, type ClusterRoleAggregation } from './aggregate-cluster-roles.ts'
import { authorizationProblems, type AuthorizationSettings } from './authorization-settings.ts'

/** Who may do what, for everything that asks. */
export interface Authorization {
  readonly authorizer: Authorizer
  readonly rulesFor: RuleResolver
  readonly writeChecks: WriteChecks
  /** Who may come without credentials: where everybody may do everything, only for health and version. */
  readonly anonymous: AnonymousOptions
}

/** Finds the store of a resource once the registry is there. */
export type FindStore = (group: string, resource: string) => ResourceStore | undefined

interface Mode {
  readonly authorizer: Authorizer
  readonly rulesFor: RuleResolver
}

/** Members of `system:masters` first, then the modes in their order. Throws what is wrong with the settings. */
export function createAuthorization(settings: AuthorizationSettings, find: FindStore): Authorization {
  const problems = authorizationProblems(settings)
  if (problems.length > 0) throw new Error(problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`)
  const policy = followPolicy(() => policyStores(find))
  const modes: Readonly<Record<string, () => Mode>> = {
    AlwaysAllow: () => ({ authorizer: alwaysAllow, rulesFor: everythingAllowed }),
    AlwaysDeny: () => ({ authorizer: alwaysDeny, rulesFor: nothingAllowed }),
    RBAC: () => ({ authorizer: rbacAuthorizer(policy), rulesFor: rbacRules(policy) }),
    Node: () => ({
      authorizer: nodeAuthorizer(
        followNodeObjects(() => nodeStores(find)),
        nodeRules(),
      ),
      rulesFor: nodeRuleResolver,
    }),
  }
  const chosen = settings.modes.flatMap((mode) => modes[mode]?.() ?? [])
  const authorizer = unionAuthorizer([allowMasters, ...chosen.map((mode) => mode.authorizer)])
  return {
    authorizer,
    rulesFor: unionRuleResolver(chosen.map((mode) => mode.rulesFor)),
    writeChecks: escalationChecks({ source: policy, authorizer }),
    anonymous: settings.modes.includes('AlwaysAllow') ? anonymousProbes : { enabled: true },
  }
}

/** Puts the bootstrap roles and bindings in place, and keeps roles that collect rules. They are complete when it resolves. */
export async function startPolicy(
  registry: Pick<Registry, 'store'>,
  call: LoopbackCall,
  logger: Logger,
): Promise<ClusterRoleAggregation> {
  await ensureBootstrapPolicy(call, logger)
  const { clusterRoles } = policyStores((group, resource) => registry.store(group, resource))
  const aggregation = aggregateClusterRoles({ clusterRoles, call, logger })
  await aggregation.settled()
  return aggregation
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
