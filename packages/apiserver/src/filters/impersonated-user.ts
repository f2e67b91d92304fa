import { badRequest } from '@fairlead/apimachinery'
import { unescapeExtraKey } from '../authentication/front-proxy.ts'
import type { ApiRequest } from '../request/api-request.ts'
import { headerValues } from '../request/request-headers.ts'

/** Whom a request wants to act as, exactly as its headers say it. */
export interface WantedUser {
  readonly name: string
  /** Empty when none is asked for. */
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

const extraPrefix = 'impersonate-extra-'

/** Whether a header is about impersonation. */
export function isImpersonationHeader(name: string): boolean {
  return (
    name === 'impersonate-user' ||
    name === 'impersonate-group' ||
    name === 'impersonate-uid' ||
    name.startsWith(extraPrefix)
  )
}

/**
 * Reads the impersonation headers; of those that make sense once the first line counts. Undefined when there are none;
 * throws BadRequest when they name no user.
 */
export function readImpersonation(request: ApiRequest): WantedUser | undefined {
  if (!Object.keys(request.headers).some(isImpersonationHeader)) return undefined
  const [name = ''] = headerValues(request, 'impersonate-user')
  const [uid = ''] = headerValues(request, 'impersonate-uid')
  const groups = headerValues(request, 'impersonate-group')
  const extra = readExtra(request)
  if (name !== '') return { name, uid, groups, extra }
  if (groups.length === 0 && Object.keys(extra).length === 0 && uid === '') return undefined
  throw badRequest(`requested ${JSON.stringify({ groups, uid, extra })} without impersonating a user name`)
}

function readExtra(request: ApiRequest): Record<string, readonly string[]> {
  const extra = new Map<string, readonly string[]>()
  for (const header of Object.keys(request.headers)) {
    if (!header.startsWith(extraPrefix)) continue
    const key = unescapeExtraKey(header.slice(extraPrefix.length))
    extra.set(key, [...(extra.get(key) ?? []), ...headerValues(request, header)])
  }
  return Object.fromEntries(extra)
}
