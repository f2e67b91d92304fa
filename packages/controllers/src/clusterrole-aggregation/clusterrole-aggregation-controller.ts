import { deepEqual, type KubeObject } from '@fairlead/apimachinery'
import { type Informers, keyOf } from '@fairlead/client'
import { type Controller, controller, type ReconcileRequest } from '@fairlead/controller-runtime'
import type { AggregateRules } from '../builtin-controller.ts'
import { ignoringChanges } from '../ignoring-changes.ts'

const apiVersion = 'rbac.authorization.k8s.io/v1'
const resource = 'clusterroles'

/** Keeps the rules of ClusterRoles that collect those of others. Rules that somebody puts there by hand go. */
export function clusterRoleAggregation(aggregateRules: AggregateRules): Controller {
  return controller({
    name: 'clusterrole-aggregation-controller',
    for: { apiVersion, kind: 'ClusterRole', resource, clusterScoped: true },
    watches: [{ apiVersion, resource, map: (_, informers) => collectors(informers) }],
    async reconcile({ name }, { client, store, informers, signal }) {
      const role = store.get(keyOf('', name))
      const rules = role && aggregateRules(role, store.values())
      if (role === undefined || rules === undefined || deepEqual([...rules], role['rules'] ?? [])) return
      const written = { ...role, rules: [...rules] }
      const updated = await client.resource(apiVersion, resource).update(written).catch(ignoringChanges)
      const version = updated?.metadata.resourceVersion ?? ''
      if (version === '') return
      // Two that collect each other would go on changing the order of their rules if one did not see what the other has.
      await informers
        .informer(apiVersion, resource)
        .reached(version, signal)
        .catch((error: unknown) => {
          if (!signal.aborted) throw error
        })
    },
  })
}

/** Which roles follow from which is not known, and there are few. */
function collectors(informers: Informers): readonly ReconcileRequest[] {
  const roles = informers.informer(apiVersion, resource).store.list()
  return roles.filter(collects).map(({ metadata: { name = '' } }) => ({ namespace: '', name }))
}

function collects(role: KubeObject): boolean {
  return (role['aggregationRule'] ?? undefined) !== undefined
}
