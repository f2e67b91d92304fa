import { deepEqual, type KubeObject } from '@fairlead/apimachinery'
import { aggregateRules } from '@fairlead/apiserver'
import { checkAnswer, type LoopbackCall } from './loopback-call.ts'

const collection = '/apis/rbac.authorization.k8s.io/v1/clusterroles'

/**
 * Gives the ClusterRoles that collect the rules of others those that they should have now: `admin`, `edit` and `view` must
 * not be empty in a server without controllers. From then on the controller keeps them.
 */
export async function collectRules(call: LoopbackCall): Promise<void> {
  const list = await call('GET', collection)
  checkAnswer(`list ${collection}`, list, 200)
  const roles = new Map((list.body['items'] as unknown as KubeObject[]).map((role) => [role.metadata.name ?? '', role]))
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
      checkAnswer(`update the rules of ClusterRole ${name}`, written, 200, 404, 409)
      if (written.status === 200) roles.set(name, written.body as KubeObject)
      // Somebody else is at it.
      else roles.delete(name)
    }
    if (isSettled) return
  }
}
