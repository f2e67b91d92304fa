import { parseServiceAccountUsername } from '../authentication/service-account/names.ts'
import { nodeNameKey } from '../authentication/service-account/names.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import type { AuthorizationAttributes, Authorizer } from '../authorization/authorizer.ts'
import type { WantedUser } from './impersonated-user.ts'
import { impersonatedIdentity, nodeOfUsername, requireAllowed } from './impersonation-identity.ts'

/** Who a sender has become, and by which constrained permission; the constraint is empty in the legacy mode. */
export interface Impersonation {
  readonly user: UserInfo
  readonly constraint: string
}

/** One way to be allowed to impersonate. Undefined when it is not for such users; throws Forbidden. */
export type ImpersonationMode = (
  wanted: WantedUser,
  request: AuthorizationAttributes,
) => Promise<Impersonation | undefined>

/**
 * The modes in the order in which they are tried. In constrained modes the sender needs two permissions: to impersonate
 * such users, and to do what the request does while it impersonates.
 */
export function impersonationModes(authorizer: Authorizer): readonly ImpersonationMode[] {
  return [
    associatedNode(authorizer),
    constrained(authorizer, 'arbitrary-node', (wanted) => onlyName(wanted) && isNode(wanted)),
    constrained(authorizer, 'serviceaccount', (wanted) => onlyName(wanted) && isServiceAccount(wanted)),
    constrained(authorizer, 'user-info', (wanted) => !isNode(wanted) && !isServiceAccount(wanted)),
    legacy(authorizer),
  ]
}

function constrained(
  authorizer: Authorizer,
  mode: string,
  applies: (wanted: WantedUser, requester: UserInfo) => boolean,
  anyNode = false,
): ImpersonationMode {
  const verb = `impersonate:${mode}`
  return async (wanted, request) => {
    if (!applies(wanted, request.user)) return undefined
    await requireAllowed(authorizer, { ...request, verb: `impersonate-on:${mode}:${request.verb}` })
    const check = { authorizer, requester: request.user, verb, constrained: true, anyNode }
    return { user: await impersonatedIdentity(wanted, check), constraint: verb }
  }
}

/**
 * A service account impersonates the node that its pod runs on. Which node that is does not matter to the permission, and
 * of the sender's `extra` the authorizer sees the keys only.
 */
function associatedNode(authorizer: Authorizer): ImpersonationMode {
  const generalised: Authorizer = (attributes) => {
    const keys = Object.keys(attributes.user.extra ?? {}).sort()
    const extra = { 'authentication.kubernetes.io/associated-node-keys': keys }
    return authorizer({ ...attributes, user: { ...attributes.user, extra } })
  }
  return constrained(
    generalised,
    'associated-node',
    (wanted, requester) => onlyName(wanted) && isOwnNode(wanted, requester),
    true,
  )
}

function legacy(authorizer: Authorizer): ImpersonationMode {
  return async (wanted, { user: requester }) => {
    const check = { authorizer, requester, verb: 'impersonate', constrained: false }
    return { user: await impersonatedIdentity(wanted, check), constraint: '' }
  }
}

function onlyName({ uid, groups, extra }: WantedUser): boolean {
  return uid === '' && groups.length === 0 && Object.keys(extra).length === 0
}

function isNode({ name }: WantedUser): boolean {
  return nodeOfUsername(name) !== undefined
}

function isServiceAccount({ name }: WantedUser): boolean {
  return parseServiceAccountUsername(name) !== undefined
}

function isOwnNode({ name }: WantedUser, requester: UserInfo): boolean {
  const node = nodeOfUsername(name)
  const own = requester.extra?.[nodeNameKey] ?? []
  return parseServiceAccountUsername(requester.name) !== undefined && own.length === 1 && own[0] === node
}
