/** Kinds of objects that nodes reach through others. */
export type RelatedKind =
  | 'configmap'
  | 'persistentvolume'
  | 'persistentvolumeclaim'
  | 'pod'
  | 'resourceclaim'
  | 'resourceslice'
  | 'secret'
  | 'serviceaccount'
  | 'volumeattachment'

/** An object in the graph. The namespace of cluster-scoped objects is empty. */
export interface RelatedObject {
  readonly kind: RelatedKind
  readonly namespace: string
  readonly name: string
}

/** What a bound volume leads to. */
export interface VolumeRelations {
  readonly claim: RelatedObject
  readonly secrets: readonly RelatedObject[]
}

/**
 * Which objects belong to which node: those that a pod of it refers to, and through the claims of its pods volumes and
 * their secrets. A question costs a few look-ups, however many pods share an object.
 */
export interface NodeGraph {
  /** An object of a node, with everything that it gives the node access to. Replaces what it gave before. */
  setHolder(holder: RelatedObject, node: string, objects: readonly RelatedObject[]): void
  removeHolder(holder: RelatedObject): void
  setVolume(name: string, relations: VolumeRelations): void
  removeVolume(name: string): void
  isRelated(node: string, object: RelatedObject): boolean
}

interface Holding {
  readonly node: string
  readonly keys: readonly string[]
}

/** An empty graph. */
export function createNodeGraph(): NodeGraph {
  const holdings = new Map<string, Holding>()
  /** How many holders of a node give it an object, by object and node. */
  const counts = new Map<string, Map<string, number>>()
  const volumes = new Map<string, VolumeRelations>()
  /** The volumes that lead to a secret. */
  const volumesOfSecret = new Map<string, Set<string>>()

  const removeHolder = (holder: RelatedObject): void => {
    const holding = holdings.get(keyOf(holder))
    if (holding === undefined) return
    holdings.delete(keyOf(holder))
    for (const key of holding.keys) decrement(counts, key, holding.node)
  }
  const removeVolume = (name: string): void => {
    for (const secret of volumes.get(name)?.secrets ?? []) {
      const names = volumesOfSecret.get(keyOf(secret))
      names?.delete(name)
      if (names?.size === 0) volumesOfSecret.delete(keyOf(secret))
    }
    volumes.delete(name)
  }
  const isHeld = (node: string, object: RelatedObject): boolean => counts.get(keyOf(object))?.has(node) === true
  const reachesVolume = (node: string, name: string): boolean => {
    const claim = volumes.get(name)?.claim
    return claim !== undefined && isHeld(node, claim)
  }

  return {
    setHolder(holder, node, objects) {
      removeHolder(holder)
      const keys = [...new Set([holder, ...objects].map(keyOf))]
      holdings.set(keyOf(holder), { node, keys })
      for (const key of keys) increment(counts, key, node)
    },
    removeHolder,
    setVolume(name, relations) {
      removeVolume(name)
      volumes.set(name, relations)
      for (const secret of relations.secrets) {
        const names = volumesOfSecret.get(keyOf(secret)) ?? new Set()
        volumesOfSecret.set(keyOf(secret), names.add(name))
      }
    },
    removeVolume,
    isRelated(node, object) {
      if (isHeld(node, object)) return true
      if (object.kind === 'persistentvolume') return reachesVolume(node, object.name)
      if (object.kind !== 'secret') return false
      return [...(volumesOfSecret.get(keyOf(object)) ?? [])].some((name) => reachesVolume(node, name))
    },
  }
}

function keyOf({ kind, namespace, name }: RelatedObject): string {
  return `${kind}/${namespace}/${name}`
}

function increment(counts: Map<string, Map<string, number>>, key: string, node: string): void {
  const byNode = counts.get(key) ?? new Map<string, number>()
  counts.set(key, byNode.set(node, (byNode.get(node) ?? 0) + 1))
}

function decrement(counts: Map<string, Map<string, number>>, key: string, node: string): void {
  const byNode = counts.get(key)
  if (byNode === undefined) return
  const left = (byNode.get(node) ?? 0) - 1
  if (left > 0) byNode.set(node, left)
  else byNode.delete(node)
  if (byNode.size === 0) counts.delete(key)
}
