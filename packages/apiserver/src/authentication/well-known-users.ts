import type { UserInfo } from './user-info.ts'

export const anonymousName = 'system:anonymous'
export const authenticatedGroup = 'system:authenticated'
export const unauthenticatedGroup = 'system:unauthenticated'
/** Members may do everything, whatever the authorizers say. */
export const mastersGroup = 'system:masters'
/** Key of `extra` that tells which credential was used. */
export const credentialIdKey = 'authentication.kubernetes.io/credential-id'

/** Who sends requests without credentials. */
export const anonymousUser: UserInfo = { name: anonymousName, groups: [unauthenticatedGroup] }

/** Whether a user is nobody in particular. */
export function isAnonymous(user: UserInfo): boolean {
  return user.name === anonymousName || user.groups.includes(unauthenticatedGroup)
}
