import type { Authorizer, RequestAuthenticator, UserInfo } from '@fairlead/apiserver'

/** The users of requests that came through a front proxy. */
export interface ProxiedUsers {
  /** The same authenticator, whose users are remembered for as long as their requests last. */
  remember(frontProxy: RequestAuthenticator): RequestAuthenticator
  /** Allows what those users ask for: the main server has decided of the same request. */
  readonly authorizer: Authorizer
}

const authenticated = 'system:authenticated'
const unauthenticated = 'system:unauthenticated'

export function proxiedUsers(): ProxiedUsers {
  const users = new WeakSet<UserInfo>()
  return {
    remember: (frontProxy) => async (request) => {
      const found = await frontProxy(request)
      if (found === undefined) return undefined
      const user = withGroup(found.user)
      users.add(user)
      return { ...found, user }
    },
    // To act as somebody else is decided of here alone: the main server keeps such headers to itself.
    authorizer: ({ user, verb, isResourceRequest }) =>
      isResourceRequest && verb !== 'impersonate' && users.has(user)
        ? { decision: 'allow' }
        : { decision: 'no-opinion' },
  }
}

/** With the group that everybody gets who is somebody, so that nobody behind makes another user of this one. */
function withGroup(user: UserInfo): UserInfo {
  const isMarked = user.groups.some((group) => group === authenticated || group === unauthenticated)
  return isMarked ? user : { ...user, groups: [...user.groups, authenticated] }
}
