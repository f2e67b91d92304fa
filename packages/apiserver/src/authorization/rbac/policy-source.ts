import type { Following } from '../../registry/generic/follow.ts'
import type { ResourceStore } from '../../registry/generic/resource-store.ts'
import { createPolicyIndex, type PolicyIndex } from './policy-index.ts'
import { readBinding, readRole } from './read-policy.ts'

/** An index of the stored roles and bindings that knows whether it is complete. */
export interface PolicySource {
  readonly index: PolicyIndex
  readonly isReady: boolean
  /** Resolves when everything stored is in the index. */
  ready(): Promise<void>
}

/** The four kinds of policy objects as the registry keeps them. */
export interface PolicyStores {
  readonly roles: Pick<ResourceStore, 'follow'>
  readonly clusterRoles: Pick<ResourceStore, 'follow'>
  readonly roleBindings: Pick<ResourceStore, 'follow'>
  readonly clusterRoleBindings: Pick<ResourceStore, 'follow'>
}

/**
 * Keeps an index of the stored roles and bindings. The stores are asked for at the first use. A change is in the index
 * before its writer is answered, so that a removed binding ends access at the next request.
 */
export function followPolicy(stores: () => PolicyStores): PolicySource {
  const index = createPolicyIndex()
  let followings: readonly Following[] | undefined
  let isReady = false
  const start = (): readonly Following[] => {
    const { roles, clusterRoles, roleBindings, clusterRoleBindings } = stores()
    return [
      ...[roles, clusterRoles].map((store) =>
        store.follow({
          set: (object) => index.setRole(readRole(object.object())),
          remove: ({ namespace, name }) => index.removeRole({ namespace, name }),
        }),
      ),
      ...[roleBindings, clusterRoleBindings].map((store) =>
        store.follow({
          set: (object) => index.setBinding(readBinding(object.object())),
          remove: ({ namespace, name }) => index.removeBinding({ namespace, name }),
        }),
      ),
    ]
  }
  return {
    index,
    get isReady() {
      return isReady
    },
    async ready() {
      followings ??= start()
      await Promise.all(followings.map((following) => following.ready))
      isReady = true
    },
  }
}
