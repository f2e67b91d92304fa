import { quote } from '@fairlead/apimachinery'
import type { AuditEvent } from './event.ts'

/** An event as one line of text, without bodies: the `legacy` format, and what is logged of an event that was lost. */
export function legacyLine(event: AuditEvent): string {
  const { request, stage, object, impersonatedUser, status } = event
  const user = request.user
  const fields: readonly (readonly [string, string])[] = [
    ['id', request.auditId],
    ['stage', stage],
    ['ip', request.sourceIps[0] ?? '<unknown>'],
    ['method', request.verb],
    ['user', user === undefined || user.name === '' ? '<none>' : user.name],
    ['groups', user === undefined || user.name === '' || user.groups.length === 0 ? '<none>' : list(user.groups)],
    ['as', impersonatedUser?.name ?? '<self>'],
    ['asgroups', impersonatedUser === undefined ? '<lookup>' : list(impersonatedUser.groups)],
    ['user-agent', request.userAgent],
    ['namespace', object === undefined || object.namespace === '' ? '<none>' : object.namespace],
    ['uri', request.requestUri],
  ]
  const response = status === undefined ? '<deferred>' : String(status.code ?? 0)
  const texts = fields.map(([name, value]) => `${name}=${quote(value)}`)
  return `${goTime(request.receivedAt)} AUDIT: ${texts.join(' ')} response="${response}"`
}

function list(values: readonly string[]): string {
  return values.map((value) => quote(value)).join(',')
}

/** RFC 3339 without trailing zeros in the fraction. */
function goTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0+Z$/, 'Z')
}
