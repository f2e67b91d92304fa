import type { ApiFollower } from './follow-apis.ts'
import type { GraphNode } from './graph-node.ts'
import type { KindWaiters } from './kind-waiters.ts'
import type { NodeWork } from './node-queue.ts'
import { isConflict, NamespacedOwnerError } from './object-access.ts'

export interface NodeWorkParts {
  readonly waiters: KindWaiters
  readonly apis: Pick<ApiFollower, 'soon'>
  onError(error: unknown, node: GraphNode): void
}

/** What becomes of attempts that fail: most are made again, some only when the server has new kinds, some never. */
export function nodeWork(
  { waiters, apis, onError }: NodeWorkParts,
  attempt: (node: GraphNode) => Promise<boolean>,
): NodeWork {
  return {
    async attempt(node) {
      try {
        return await attempt(node)
      } catch (error) {
        if (error instanceof NamespacedOwnerError) return true
        if (!waiters.waits(node, error)) throw error
        apis.soon()
        return true
      }
    },
    onError(error, node) {
      // Somebody has changed the object meanwhile.
      if (!isConflict(error)) onError(error, node)
    },
  }
}
