import type { KubeObject } from '@fairlead/apimachinery'
import type { UserInfo } from '../../../authentication/user-info.ts'
import type { AuthorizationAttributes } from '../../authorizer.ts'
import { aggregateRules } from '../aggregate-rules.ts'
import { createPolicyIndex } from '../policy-index.ts'
import type { PolicySource } from '../policy-source.ts'
import { readBinding, readRole } from '../read-policy.ts'

/** A source with these objects, roles that collect rules collected. */
export function policyOf(objects: readonly KubeObject[]): PolicySource {
  const index = createPolicyIndex()
  const clusterRoles = objects.filter(({ kind }) => kind === 'ClusterRole').map((role) => ({ ...role }))
  for (const role of [...clusterRoles, ...clusterRoles, ...clusterRoles]) {
    const rules = aggregateRules(role, clusterRoles)
    if (rules !== undefined) role['rules'] = [...rules]
  }
  for (const role of [...clusterRoles, ...objects.filter(({ kind }) => kind === 'Role')]) index.setRole(readRole(role))
  for (const object of objects) if (object.kind.endsWith('Binding')) index.setBinding(readBinding(object))
  return { index, isReady: true, ready: () => Promise.resolve() }
}

/** `alice`, or `alice(one,two)` with groups. Everybody is in `system:authenticated` but `system:anonymous`. */
export function userOf(text: string): UserInfo {
  const [, name = '', groups = ''] = /^([^(]*)(?:\((.*)\))?$/.exec(text) ?? []
  const everybody = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'
  return { name, groups: [...groups.split(',').filter(Boolean), everybody] }
}

/** `VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME]` or `VERB /PATH`. */
export function attributesOf(who: string, request: string, namespace = ''): AuthorizationAttributes {
  const [verb = '', what = '', name = ''] = request.split(' ')
  const isResourceRequest = !what.startsWith('/')
  const [full = '', subresource = ''] = isResourceRequest ? what.split('/') : []
  const [resource = '', ...group] = full.split('.')
  return {
    user: userOf(who),
    verb,
    isResourceRequest,
    path: isResourceRequest ? '' : what,
    group: group.join('.'),
    version: isResourceRequest ? 'v1' : '',
    resource,
    subresource,
    namespace: isResourceRequest ? namespace : '',
    name,
  }
}
