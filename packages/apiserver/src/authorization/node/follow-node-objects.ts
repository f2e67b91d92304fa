import type { Follower, Following } from '../../registry/generic/follow.ts'
import type { ResourceStore } from '../../registry/generic/resource-store.ts'
import { stringAt } from '../../values/read.ts'
import { createNodeGraph, type NodeGraph, type RelatedKind } from './node-graph.ts'
import { podReferences } from './pod-references.ts'
import { volumeReferences } from './volume-references.ts'

/** The stores that say what belongs to which node. Those that a server does not have are absent. */
export interface NodeStores {
  readonly pods?: Pick<ResourceStore, 'follow'> | undefined
  readonly persistentVolumes?: Pick<ResourceStore, 'follow'> | undefined
  readonly volumeAttachments?: Pick<ResourceStore, 'follow'> | undefined
  readonly resourceSlices?: Pick<ResourceStore, 'follow'> | undefined
}

/** A graph of the stored objects. */
export interface NodeGraphSource {
  readonly graph: NodeGraph
  /** Resolves when everything stored is in the graph. */
  ready(): Promise<void>
}

/**
 * Keeps the graph of what belongs to which node. Nothing is read before the first node asks: servers without nodes need
 * no graph.
 */
export function followNodeObjects(stores: () => NodeStores): NodeGraphSource {
  const graph = createNodeGraph()
  let ready: Promise<unknown> | undefined
  const start = (): readonly (Following | undefined)[] => {
    const all = stores()
    return [
      all.pods?.follow(holders(graph, 'pod')),
      all.volumeAttachments?.follow(holders(graph, 'volumeattachment')),
      all.resourceSlices?.follow(holders(graph, 'resourceslice')),
      all.persistentVolumes?.follow({
        set(volume) {
          const relations = volumeReferences(volume.object())
          if (relations === undefined) graph.removeVolume(volume.name)
          else graph.setVolume(volume.name, relations)
        },
        remove: ({ name }) => graph.removeVolume(name),
      }),
    ]
  }
  return {
    graph,
    async ready() {
      ready ??= Promise.all(start().map((following) => following?.ready ?? Promise.resolve()))
      await ready
    },
  }
}

/** Objects that name their node, pods with what they refer to. */
function holders(graph: NodeGraph, kind: RelatedKind): Follower {
  return {
    set(kept) {
      const object = kept.object()
      const holder = { kind, namespace: kept.namespace, name: kept.name }
      const node = stringAt(object, 'spec', 'nodeName')
      if (node === '') graph.removeHolder(holder)
      else graph.setHolder(holder, node, kind === 'pod' ? podReferences(object) : [])
    },
    remove({ namespace, name }) {
      graph.removeHolder({ kind, namespace, name })
    },
  }
}
