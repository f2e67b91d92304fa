import type { UserInfo } from '../../authentication/user-info.ts'

const prefix = 'system:node:'
const nodesGroup = 'system:nodes'

/** The name of the node that a user is: empty when it does not say, undefined when it is none. */
export function nodeNameOf(user: UserInfo): string | undefined {
  return user.name.startsWith(prefix) && user.groups.includes(nodesGroup) ? user.name.slice(prefix.length) : undefined
}
