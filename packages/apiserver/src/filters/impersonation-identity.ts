import { aggregateFieldErrors, nameIsDnsSubdomain, validateDomainPrefixedPath } from '@fairlead/apimachinery'
import { parseServiceAccountUsername, serviceAccountGroups } from '../authentication/service-account/names.ts'
import type { UserInfo } from '../authentication/user-info.ts'
import {
  anonymousName,
  authenticatedGroup,
  mastersGroup,
  unauthenticatedGroup,
} from '../authentication/well-known-users.ts'
import type { AuthorizationAttributes, Authorizer } from '../authorization/authorizer.ts'
import { AuthorizationFailure } from '../authorization/authorizers.ts'
import { forbiddenRequest } from '../authorization/forbidden.ts'
import type { WantedUser } from './impersonated-user.ts'

const nodePrefix = 'system:node:'
const nodesGroup = 'system:nodes'
/** From this many on, one question about all of them is asked first. */
const many = 4

/** How an identity is asked for. */
export interface IdentityCheck {
  readonly authorizer: Authorizer
  readonly requester: UserInfo
  readonly verb: string
  /** Constrained modes ask in the group authentication.k8s.io, and refuse more. */
  readonly constrained: boolean
  /** Asks about every node at once. */
  readonly anyNode?: boolean
}

/** The node that a user name names; undefined for other users. */
export function nodeOfUsername(username: string): string | undefined {
  if (!username.startsWith(nodePrefix)) return undefined
  const name = username.slice(nodePrefix.length)
  return nameIsDnsSubdomain(name).length === 0 ? name : undefined
}

/** The user that a sender who may impersonate every part of `wanted` becomes. Throws Forbidden for the first part. */
export async function impersonatedIdentity(wanted: WantedUser, check: IdentityCheck): Promise<UserInfo> {
  const groups = await checkUsername(wanted, check)
  if (wanted.uid !== '') await checkPart(check, { ...identityGroup, resource: 'uids', name: wanted.uid })
  await checkGroups(wanted.groups, check)
  await checkExtra(wanted.extra, check)
  return {
    name: wanted.name,
    groups: withStandingGroup(wanted.name, groups),
    ...(wanted.uid === '' ? {} : { uid: wanted.uid }),
    ...(Object.keys(wanted.extra).length === 0 ? {} : { extra: wanted.extra }),
  }
}

/** Asks the authorizer; throws Forbidden with its reasons unless it allows. */
export async function requireAllowed(authorizer: Authorizer, attributes: AuthorizationAttributes): Promise<void> {
  let reason: string | undefined
  try {
    const answer = await authorizer(attributes)
    if (answer.decision === 'allow') return
    reason = answer.reason
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const reasons = error instanceof AuthorizationFailure ? error.reason : ''
    reason = reasons === '' ? message : `${message}: ${reasons}`
  }
  throw forbiddenRequest(attributes, reason)
}

type Part = Pick<AuthorizationAttributes, 'group' | 'version' | 'resource' | 'name'> &
  Partial<Pick<AuthorizationAttributes, 'namespace' | 'subresource'>>

const identityGroup = { group: 'authentication.k8s.io', version: 'v1' } as const
const coreGroup = { group: '', version: 'v1' } as const

function attributesOf({ requester, verb }: IdentityCheck, part: Part): AuthorizationAttributes {
  return { user: requester, verb, isResourceRequest: true, path: '', namespace: '', subresource: '', ...part }
}

async function checkPart(check: IdentityCheck, part: Part): Promise<void> {
  await requireAllowed(check.authorizer, attributesOf(check, part))
}

/** The groups of the user, as far as its name and the headers tell. */
async function checkUsername({ name, groups }: WantedUser, check: IdentityCheck): Promise<readonly string[]> {
  const base = check.constrained ? identityGroup : coreGroup
  const node = check.constrained ? nodeOfUsername(name) : undefined
  const account = parseServiceAccountUsername(name)
  const part: Part =
    node !== undefined
      ? { ...base, resource: 'nodes', name: check.anyNode === true ? '*' : node }
      : account !== undefined
        ? { ...base, resource: 'serviceaccounts', ...account }
        : { ...base, resource: 'users', name }
  await checkPart(check, part)
  if (node !== undefined) return [nodesGroup]
  return account !== undefined && groups.length === 0 ? serviceAccountGroups(account.namespace) : groups
}

async function checkGroups(groups: readonly string[], check: IdentityCheck): Promise<void> {
  if (groups.length === 0) return
  const part = { ...(check.constrained ? identityGroup : coreGroup), resource: 'groups' }
  if (check.constrained) {
    if (groups.includes('')) {
      throw forbiddenRequest(
        attributesOf(check, { ...part, name: '' }),
        'impersonating the empty string group is not allowed',
      )
    }
    if (groups.includes(mastersGroup)) {
      throw forbiddenRequest(
        attributesOf(check, { ...part, name: mastersGroup }),
        'impersonating the system:masters group is not allowed',
      )
    }
    if (groups.length >= many && (await isAllowed(check, { ...part, name: '*' }))) return
  }
  for (const name of groups) await checkPart(check, { ...part, name })
}

async function checkExtra(extra: WantedUser['extra'], check: IdentityCheck): Promise<void> {
  const entries = Object.entries(extra)
  if (entries.length === 0) return
  const part = { ...identityGroup, resource: 'userextras' }
  if (check.constrained) {
    const problem = extraProblem(entries)
    if (problem !== undefined) throw forbiddenRequest(attributesOf(check, { ...part, name: '' }), problem)
    const count = entries.reduce((sum, [, values]) => sum + values.length, 0)
    if (count >= many && (await isAllowed(check, { ...part, subresource: '*', name: '*' }))) return
  }
  for (const [subresource, values] of entries) {
    for (const name of values) await checkPart(check, { ...part, subresource, name })
  }
}

function extraProblem(entries: readonly (readonly [string, readonly string[]])[]): string | undefined {
  for (const [key, values] of entries) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed'
    const errors = validateDomainPrefixedPath(key, 'extra.key')
    if (errors.length > 0)
      return `impersonating an invalid key in extra is not allowed: ${aggregateFieldErrors(errors)}`
    if (key !== key.toLowerCase()) {
      return `impersonating a non-lowercase key in extra is not allowed: ${JSON.stringify(key)}`
    }
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed'
  }
  return undefined
}

async function isAllowed(check: IdentityCheck, part: Part): Promise<boolean> {
  try {
    return (await check.authorizer(attributesOf(check, part))).decision === 'allow'
  } catch {
    // The questions about each of them follow, and tell what is wrong.
    return false
  }
}

/** Everybody is either authenticated or not. */
function withStandingGroup(name: string, groups: readonly string[]): readonly string[] {
  const ensure = (group: string): readonly string[] => (groups.includes(group) ? groups : [...groups, group])
  if (name === anonymousName) return ensure(unauthenticatedGroup)
  return groups.includes(unauthenticatedGroup) ? groups : ensure(authenticatedGroup)
}
