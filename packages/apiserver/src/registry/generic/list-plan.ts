import { badRequest } from '@fairlead/apimachinery'
import type { ListRequest } from '../rest/capabilities.ts'
import { decodeContinue } from './continue-token.ts'
import type { ContinuePosition } from './continue-token.ts'
import { invalidResourceVersion, resourceVersionSyntaxError, revisionOf } from './resource-version.ts'
import type { RequestedRevision } from './resource-version.ts'

/** As of when a list is read. */
export type ListMoment =
  | { readonly as: 'newest' }
  | { readonly as: 'any' }
  | { readonly as: 'not-older-than'; readonly revision: RequestedRevision }
  | { readonly as: 'exactly'; readonly revision: RequestedRevision }

/** What a list request means: the table of resourceVersion, resourceVersionMatch, limit and continue. */
export interface ListPlan {
  readonly moment: ListMoment
  /** Where an earlier page ended. */
  readonly position?: ContinuePosition
  /** 0 for no limit. */
  readonly limit: number
}

/** Reads the parameters of a list of the keys under `prefix`. Throws BadRequest. */
export function planList(request: ListRequest, prefix: string): ListPlan {
  const { resourceVersion, continue: token } = request
  // A list at "any" revision comes whole, whatever the limit.
  const limit = resourceVersion === '0' ? 0 : Math.max(0, request.limit)
  const problem = resourceVersion === '' ? undefined : resourceVersionSyntaxError(resourceVersion)
  if (token !== '') return planContinuation(request, { prefix, limit })
  if (problem !== undefined) {
    throw badRequest(`invalid resource version: ${invalidResourceVersion(resourceVersion, problem)}`)
  }
  return { moment: momentOf(request), limit }
}

function planContinuation(request: ListRequest, { prefix, limit }: { prefix: string; limit: number }): ListPlan {
  const position = decodeContinue(request.continue, prefix)
  if (request.resourceVersion !== '' && request.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  if (position.revision < 0) return { moment: { as: 'newest' }, position, limit }
  return { moment: { as: 'exactly', revision: position.revision }, position, limit }
}

function momentOf({ resourceVersion, resourceVersionMatch, limit }: ListRequest): ListMoment {
  const revision = revisionOf(resourceVersion)
  if (resourceVersionMatch === 'Exact') return { as: 'exactly', revision }
  if (resourceVersion === '') return { as: 'newest' }
  if (revision === 0) return { as: 'any' }
  // Without a match, a limit has always made the list an exact one.
  if (resourceVersionMatch === '' && limit > 0) return { as: 'exactly', revision }
  return { as: 'not-older-than', revision }
}
