import type { KubeObject } from '@fairlead/apimachinery'
import { createYielding, type Yielding } from '@fairlead/client'
import type { Graph } from './graph.ts'
import type { ObservedObject } from './graph-node.ts'
import { observedObject, type ObservedKind } from './observed-object.ts'

/** What watches tell, applied to the graph in the order in which it comes, whatever resource it is about. */
export interface GraphChanges {
  present(kind: ObservedKind, object: KubeObject): void
  gone(kind: ObservedKind, object: KubeObject): void
  /** These are all objects of a kind. Resolves when the graph says so too. */
  replaced(kind: ObservedKind, objects: readonly KubeObject[]): Promise<void>
}

/** The end of a replacement: other objects of the kind are gone. */
interface Replacement {
  readonly type: 'only'
  readonly kind: ObservedKind
  readonly uids: ReadonlySet<string>
  applied(): void
}

type Change = { readonly type: 'present' | 'gone'; readonly object: ObservedObject } | Replacement

/** Applies changes in slices of a few milliseconds, so that thousands of them let other work in. */
export function createGraphChanges(graph: Graph): GraphChanges {
  let waiting: Change[] = []
  let isRunning = false

  function push(change: Change): void {
    waiting.push(change)
    if (isRunning) return
    isRunning = true
    void run()
  }

  async function run(): Promise<void> {
    // Nothing of the graph happens within the call that tells of a change.
    await Promise.resolve()
    const yielding = createYielding()
    while (waiting.length > 0) {
      const changes = waiting
      waiting = []
      for (const change of changes) {
        if (change.type === 'only') await keepOnly(change, yielding)
        else if (change.type === 'present') graph.observe(change.object)
        else graph.remove(change.object.identity)
        const turn = yielding.turn()
        if (turn !== undefined) await turn
      }
    }
    isRunning = false
  }

  async function keepOnly({ kind, uids, applied }: Replacement, yielding: Yielding): Promise<void> {
    for (const { identity, state } of graph.nodes()) {
      if (state === 'observed' && isOf(kind, identity) && !uids.has(identity.uid)) graph.remove(identity)
      const turn = yielding.turn()
      if (turn !== undefined) await turn
    }
    applied()
  }

  return {
    present: (kind, object) => push({ type: 'present', object: observedObject(kind, object) }),
    gone: (kind, object) => push({ type: 'gone', object: observedObject(kind, object) }),
    replaced(kind, objects) {
      const uids = new Set<string>()
      for (const object of objects) {
        const observed = observedObject(kind, object)
        uids.add(observed.identity.uid)
        push({ type: 'present', object: observed })
      }
      return new Promise((applied) => push({ type: 'only', kind, uids, applied }))
    },
  }
}

function isOf(kind: ObservedKind, identity: ObservedKind): boolean {
  return kind.kind === identity.kind && kind.apiVersion === identity.apiVersion
}
