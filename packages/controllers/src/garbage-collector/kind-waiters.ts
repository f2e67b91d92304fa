import { type ApiKinds, UnknownKindError } from './api-kinds.ts'
import type { Graph } from './graph.ts'
import type { GraphNode } from './graph-node.ts'

/** Nodes that nothing can be done about before the server has a kind that it does not have yet. */
export interface KindWaiters {
  /**
   * Whether an attempt has failed for want of a kind: the node then waits for it. One that has failed otherwise while APIs
   * do not answer is to be tried again, and is woken with the others.
   */
  waits(node: GraphNode, error: unknown): boolean
  /** The nodes to be tried again, now that there are new kinds or APIs answer again. */
  wake(): readonly GraphNode[]
}

export function createKindWaiters(kinds: ApiKinds, graph: Graph): KindWaiters {
  // What the graph has forgotten need not be forgotten here.
  let waiting = new WeakSet<GraphNode>()
  return {
    waits(node, error) {
      // It may have come while the attempt failed: then the next one will do better.
      const isWanting = error instanceof UnknownKindError && kinds.find(error.apiVersion, error.kind) === undefined
      if (isWanting || kinds.hasDoubtful) waiting.add(node)
      return isWanting
    },
    wake() {
      const woken = [...graph.nodes()].filter((node) => waiting.has(node))
      waiting = new WeakSet()
      return woken
    },
  }
}
