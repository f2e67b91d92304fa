import { forbidden, quote, type StatusError } from '@fairlead/apimachinery'
import { escapeMarkup } from '../request/responses.ts'
import type { AuthorizationAttributes } from './authorizer.ts'

/** The refusal of a request that nobody allowed. The reason, if any, follows the message as it is. */
export function forbiddenRequest(attributes: AuthorizationAttributes, reason = ''): StatusError {
  const message = escapeMarkup(forbiddenMessage(attributes))
  const { group, resource } = attributes
  return forbidden({ group, resource }, attributes.name, reason === '' ? message : `${message}: ${reason}`)
}

/** Who may not do what, and where. */
export function forbiddenMessage(attributes: AuthorizationAttributes): string {
  const who = `User ${quote(attributes.user.name)} cannot ${attributes.verb}`
  if (!attributes.isResourceRequest) return `${who} path ${quote(attributes.path)}`
  const { resource, subresource, namespace } = attributes
  const what = quote(subresource === '' ? resource : `${resource}/${subresource}`)
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quote(namespace)}`
  return `${who} resource ${what} in API group ${quote(attributes.group)} ${where}`
}
