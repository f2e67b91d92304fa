import { badRequest } from '@fairlead/apimachinery'
import type { UserInfo } from '../authentication/user-info.ts'
import { anonymousName, authenticatedGroup, unauthenticatedGroup } from '../authentication/well-known-users.ts'
import type { AuthorizationAttributes } from '../authorization/authorizer.ts'
import type { ApiRequest } from '../request/api-request.ts'
import { headerValues } from '../request/request-headers.ts'

/** Whom a request wants to act as. */
export interface ImpersonatedUser {
  readonly user: UserInfo
  /** What the sender must be allowed to do, in the order in which it is asked. */
  readonly permissions: readonly ImpersonationPermission[]
}

/** One thing to impersonate. */
export type ImpersonationPermission = Pick<
  AuthorizationAttributes,
  'group' | 'version' | 'resource' | 'subresource' | 'namespace' | 'name'
>

const extraPrefix = 'impersonate-extra-'

/** Whether a header is about impersonation. */
export function isImpersonationHeader(name: string): boolean {
  return (
    name === 'impersonate-user' ||
    name === 'impersonate-group' ||
    name === 'impersonate-uid' ||
    name.startsWith(extraPrefix)
  )
}

/** Reads the impersonation headers. Undefined when there are none; throws BadRequest when they name no user. */
export function readImpersonation(request: ApiRequest): ImpersonatedUser | undefined {
  if (!Object.keys(request.headers).some(isImpersonationHeader)) return undefined
  const name = request.headers['impersonate-user'] ?? ''
  const uid = request.headers['impersonate-uid'] ?? ''
  const groups = headerValues(request, 'impersonate-group')
  const extra = readExtra(request)
  const extraKeys = Object.keys(extra)
  if (name === '') {
    if (groups.length === 0 && extraKeys.length === 0 && uid === '') return undefined
    throw badRequest(`requested ${JSON.stringify({ groups, uid, extra })} without impersonating a user`)
  }
  const account = serviceAccount(name)
  const identity = { group: 'authentication.k8s.io', version: 'v1', subresource: '', namespace: '' }
  const core = { group: '', version: 'v1', subresource: '', namespace: '' }
  return {
    user: {
      name,
      groups: effectiveGroups(name, groups),
      ...(uid === '' ? {} : { uid }),
      ...(extraKeys.length === 0 ? {} : { extra }),
    },
    permissions: [
      account === undefined
        ? { ...core, resource: 'users', name }
        : { ...core, resource: 'serviceaccounts', ...account },
      ...groups.map((group) => ({ ...core, resource: 'groups', name: group })),
      ...extraKeys.flatMap((key) =>
        (extra[key] ?? []).map((value) => ({ ...identity, resource: 'userextras', subresource: key, name: value })),
      ),
      ...(uid === '' ? [] : [{ ...identity, resource: 'uids', name: uid }]),
    ],
  }
}

/** Groups are those asked for, with those that every such user has. */
function effectiveGroups(name: string, asked: readonly string[]): readonly string[] {
  const account = serviceAccount(name)
  const groups =
    account !== undefined && asked.length === 0
      ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`]
      : [...asked]
  if (name === anonymousName) return groups.includes(unauthenticatedGroup) ? groups : [...groups, unauthenticatedGroup]
  if (groups.includes(authenticatedGroup) || groups.includes(unauthenticatedGroup)) return groups
  return [...groups, authenticatedGroup]
}

function serviceAccount(name: string): { readonly namespace: string; readonly name: string } | undefined {
  const match =
    /^system:serviceaccount:([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?):([a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?)$/.exec(name)
  return match?.[1] === undefined || match[2] === undefined ? undefined : { namespace: match[1], name: match[2] }
}

/** Keys are percent-decoded; one that does not decode is taken as it is. */
function readExtra(request: ApiRequest): Record<string, readonly string[]> {
  const entries = Object.keys(request.headers)
    .filter((name) => name.startsWith(extraPrefix))
    .map((name) => [decodeKey(name.slice(extraPrefix.length)), headerValues(request, name)] as const)
  return Object.fromEntries(entries)
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch (error) {
    if (error instanceof URIError) return key
    throw error
  }
}
