import { encodeJson } from '@fairlead/apimachinery'
import type { UserInfo } from '../authentication/user-info.ts'
import type { AuditedObject, AuditedStatus, AuditEvent } from './event.ts'

/** An event as one line of JSON, without the line end. */
export function encodeEvent(event: AuditEvent): string {
  return `{"kind":"Event","apiVersion":"audit.k8s.io/v1",${members(event)}}`
}

/** Events as one EventList; the events in it do not repeat their kind. */
export function encodeEventList(events: readonly AuditEvent[]): string {
  const items = events.map((event) => `{${members(event)}}`)
  return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items.join(',')}]}`
}

/** The members in upstream's order. Bodies are JSON already and go in as they are. */
function members(event: AuditEvent): string {
  const { request, object, impersonatedUser, impersonationConstraint, status, annotations } = event
  let text = `"level":"${request.level}","auditID":${encodeJson(request.auditId)},"stage":"${event.stage}"`
  text += `,"requestURI":${encodeJson(request.requestUri)},"verb":${encodeJson(request.verb)}`
  text += `,"user":${encodeJson(userMembers(request.user))}`
  if (impersonatedUser !== undefined) text += `,"impersonatedUser":${encodeJson(userMembers(impersonatedUser))}`
  if (impersonationConstraint !== '') {
    text += `,"authenticationMetadata":${encodeJson({ impersonationConstraint })}`
  }
  if (request.sourceIps.length > 0) text += `,"sourceIPs":${encodeJson(request.sourceIps)}`
  if (request.userAgent !== '') text += `,"userAgent":${encodeJson(request.userAgent)}`
  if (object !== undefined) text += `,"objectRef":${encodeJson(objectMembers(object))}`
  if (status !== undefined) text += `,"responseStatus":${encodeJson(statusMembers(status))}`
  if (event.requestObject !== undefined) text += `,"requestObject":${event.requestObject}`
  if (event.responseObject !== undefined) text += `,"responseObject":${event.responseObject}`
  text += `,"requestReceivedTimestamp":"${formatMicroTime(request.receivedAt)}"`
  text += `,"stageTimestamp":"${formatMicroTime(event.at)}"`
  if (annotations.size > 0) text += `,"annotations":${encodeJson(sorted(annotations))}`
  return text
}

function userMembers(user: UserInfo | undefined): object {
  if (user === undefined) return {}
  const { name, uid, groups, extra } = user
  const keys = Object.keys(extra ?? {}).sort()
  return {
    ...(name !== '' && { username: name }),
    ...(uid !== undefined && uid !== '' && { uid }),
    ...(groups.length > 0 && { groups }),
    ...(keys.length > 0 && { extra: Object.fromEntries(keys.map((key) => [key, extra?.[key]])) }),
  }
}

function objectMembers(object: AuditedObject): object {
  const { resource, namespace, name, uid, group, version, resourceVersion, subresource } = object
  return withoutEmpty({
    resource,
    namespace,
    name,
    uid,
    apiGroup: group,
    apiVersion: version,
    resourceVersion,
    subresource,
  })
}

function statusMembers({ status, message, reason, details, code = 0 }: AuditedStatus): object {
  return {
    metadata: {},
    ...withoutEmpty({ status: status ?? '', message: message ?? '', reason: reason ?? '' }),
    ...(details !== undefined && { details }),
    ...(code !== 0 && { code }),
  }
}

function withoutEmpty(members: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== ''))
}

function sorted(annotations: ReadonlyMap<string, string>): object {
  return Object.fromEntries([...annotations].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Six digits of a second; a clock of milliseconds leaves the last three at zero. */
export function formatMicroTime(ms: number): string {
  const whole = Math.floor(ms)
  const micros = Math.floor((ms - whole) * 1000)
  return `${new Date(whole).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`
}
