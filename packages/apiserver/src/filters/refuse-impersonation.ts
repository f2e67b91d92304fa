import { forbiddenRequest } from '../authorization/forbidden.ts'
import type { Filter } from '../request/request-context.ts'

/**
 * Refuses requests that want to act as somebody else, for servers without impersonation: to pass the header over would
 * be to act with the sender's own rights.
 */
export const refuseImpersonation: Filter = (next) => (context) => {
  const { headers } = context.request
  for (const name in headers) {
    if (!name.startsWith('impersonate-')) continue
    throw forbiddenRequest({
      user: context.user,
      verb: 'impersonate',
      isResourceRequest: true,
      path: '',
      group: '',
      version: '',
      resource: name === 'impersonate-group' ? 'groups' : 'users',
      subresource: '',
      namespace: '',
      name: headers[name] ?? '',
    })
  }
  return next(context)
}
