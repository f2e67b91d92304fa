import { deepEqual, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import { aggregateRules, type ResourceStore } from '@fairlead/apiserver'
import type { LoopbackCall } from '../bootstrap/ensure-server-owned-objects.ts'
import type { Logger } from '../logging/logger.ts'

const collection = '/apis/rbac.authorization.k8s.io/v1/clusterroles'

export interface AggregationParts {
  readonly clusterRoles: Pick<ResourceStore, 'follow'>
  readonly call: LoopbackCall
  readonly logger: Logger
}

/** Keeps the rules of ClusterRoles that collect those of others. */
export interface ClusterRoleAggregation {
  /** Resolves when all of them have the rules that they should have now. */
  settled(): Promise<void>
  stop(): void
}

/** Starts with what is stored, and looks again after every change of a ClusterRole. Rules that users put there go. */
export function aggregateClusterRoles({ clusterRoles, call, logger }: AggregationParts): ClusterRoleAggregation {
  const roles = new Map<string, KubeObject>()
  let running: Promise<void> | undefined
  let isDirty = false
  let isStopped = false

  const sync = async (): Promise<void> => {
    // A turn later, so that changes of one commit are seen together.
    await Promise.resolve()
    while (isDirty && !isStopped) {
      isDirty = false
      for (const role of roles.values()) await update(role)
    }
  }
  const update = async (role: KubeObject): Promise<void> => {
    const rules = aggregateRules(role, roles.values())
    if (rules === undefined || deepEqual([...rules], role['rules'] ?? [])) return
    const name = role.metadata.name ?? ''
    const wanted: JsonObject = { ...role, rules: [...rules] }
    const { status, body } = await call('PUT', `${collection}/${encodeURIComponent(name)}`, wanted)
    // Whoever else has changed or removed it meanwhile has made this look again.
    if (status === 200 || status === 404 || status === 409) return
    throw new Error(`cannot update the rules of ClusterRole ${name}: ${status} ${String(body['message'] ?? '')}`)
  }
  const start = (): void => {
    isDirty = true
    running ??= sync()
      .catch((error: unknown) => logger.error({ err: error }, 'ClusterRoles could not be aggregated'))
      .finally(() => {
        running = undefined
      })
  }

  const following = clusterRoles.follow({
    set(role) {
      roles.set(role.name, role.object())
      start()
    },
    remove(role) {
      roles.delete(role.name)
      start()
    },
  })
  return {
    async settled() {
      await following.ready
      while (running !== undefined) await running
    },
    stop() {
      isStopped = true
    },
  }
}
