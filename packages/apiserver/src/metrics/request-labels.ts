import type { RequestContext } from '../request/request-context.ts'
import type { RequestInfo } from '../request/request-info.ts'

const verbLabels: Readonly<Record<string, string | undefined>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
  post: 'POST',
  put: 'PUT',
}

const connectSubresources: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy', 'log'])

/** The verb as metrics spell it. */
export function verbLabel({ info, request }: Pick<RequestContext, 'info' | 'request'>): string {
  if (info.verbPrefix === 'proxy') return 'CONNECT'
  if (info.isResourceRequest && connectSubresources.has(info.subresource)) return 'CONNECT'
  if (info.verb === 'patch' && request.headers['content-type']?.startsWith('application/apply-patch') === true) {
    return 'APPLY'
  }
  return verbLabels[info.verb] ?? 'other'
}

/** How much a request is about: one object, a namespace, or everything. */
export function scopeLabel(info: RequestInfo): string {
  if (!info.isResourceRequest) return ''
  const named = info.name !== '' && info.verb !== 'list' && info.verb !== 'watch'
  if (named || info.verb === 'create') return 'resource'
  return info.namespace === '' ? 'cluster' : 'namespace'
}

/** `All` for a dry run. */
export function dryRunLabel({ request }: Pick<RequestContext, 'request'>): string {
  if (!request.rawQuery.includes('dryRun')) return ''
  return request.query.getAll('dryRun').includes('All') ? 'All' : ''
}
