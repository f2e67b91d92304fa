import { deepEqual, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import { aggregateRules } from '@fairlead/apiserver'
import type { LoopbackCall } from './ensure-server-owned-objects.ts'

const collection = '/apis/rbac.authorization.k8s.io/v1/clusterroles'

/**
 * Gives the ClusterRoles that collect the rules of others those that they should have now: `admin`, `edit` and `view` must
 * not be empty in a server without controllers. From then on the controller keeps them.
 */
export async function collectRules(call: LoopbackCall): Promise<void> {
  const { status, body } = await call('GET', collection)
  if (status !== 200) throw failed('list ClusterRoles', status, body)
  const roles = new Map((body['items'] as unknown as KubeObject[]).map((role) => [role.metadata.name ?? '', role]))
  // What one collects another may have collected before; a chain is no longer than there are roles.
  for (let left = roles.size; left > 0; left--) {
    let isSettled = true
    for (const [name, role] of roles) {
      const rules = aggregateRules(role, roles.values())
      if (rules === undefined || deepEqual([...rules], role['rules'] ?? [])) continue
      isSettled = false
      const kind = { kind: 'ClusterRole', apiVersion: 'rbac.authorization.k8s.io/v1' }
      const written = await call('PUT', `${collection}/${encodeURIComponent(name)}`, {
        ...role,
        ...kind,
        rules: [...rules],
      })
      // Somebody else is at it.
      if (written.status === 404 || written.status === 409) roles.delete(name)
      else if (written.status !== 200) throw failed(`update ClusterRole ${name}`, written.status, written.body)
      else roles.set(name, written.body as KubeObject)
    }
    if (isSettled) return
  }
}

function failed(what: string, status: number, { message }: JsonObject): Error {
  return new Error(`unable to initialize roles: cannot ${what}: ${status} ${String(message ?? '')}`)
}
