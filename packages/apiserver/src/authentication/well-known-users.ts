import type { UserInfo } from './user-info.ts'

export const anonymousName = 'system:anonymous'
export const authenticatedGroup = 'system:authenticated'
export const unauthenticatedGroup = 'system:unauthenticated'
/** Members may do everything, whatever the authorizers say. */
export const mastersGroup = 'system:masters'
/** Key of `extra` that tells which credential was used. */
export const credentialIdKey = 'authentication.kubernetes.io/credential-id'

/** Who sends requests to the insecure port, as kube-apiserver had it while it had one. */
export const unsecuredUser: UserInfo = { name: 'system:unsecured', groups: [mastersGroup, authenticatedGroup] }

/** Who sends requests without credentials. */
export const anonymousUser: UserInfo = { name: anonymousName, groups: [unauthenticatedGroup] }

/** Whether a user is nobody in particular. */
export function isAnonymous(user: UserInfo): boolean {
  return user.name === anonymousName || user.groups.includes(unauthenticatedGroup)
}
