import type { RequestContext } from '../request/request-context.ts'
import type { AuthorizationAttributes } from './authorizer.ts'

/** What a request wants to do, as authorizers see it. */
export function requestAttributes({ info, user }: Pick<RequestContext, 'info' | 'user'>): AuthorizationAttributes {
  return {
    user,
    verb: info.verb,
    isResourceRequest: info.isResourceRequest,
    path: info.path,
    group: info.group,
    version: info.version,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    ...(info.labelSelector === '' ? {} : { labelSelector: info.labelSelector }),
    ...(info.fieldSelector === '' ? {} : { fieldSelector: info.fieldSelector }),
  }
}
