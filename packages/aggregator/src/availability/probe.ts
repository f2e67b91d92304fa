import type { UserInfo } from '@fairlead/apiserver'
import { type Clock, formatGroupVersion } from '@fairlead/apimachinery'
import type { ApiService } from '../api-service/api-service.ts'
import { type Backend, BackendError, type BackendLocation, type PresentedCertificate } from '../backend/backend.ts'
import { discardBody } from '../backend/discard-body.ts'

/** Who asks, when this server asks for itself. */
export const aggregatorUser: UserInfo = { name: 'system:kube-aggregator', groups: ['system:masters'] }

const attempts = 5
const timeout = 5_000

/** A probe that failed. */
export interface ProbeFailure {
  /** The message of the condition. */
  readonly message: string
  /** Where the request went; absent when there was no place to go. */
  readonly host?: string
  /** What the server answered, when it did. */
  readonly status?: number
  readonly error?: BackendError
  readonly presented?: PresentedCertificate
}

/** The path that every server of a group-version must answer. */
export function discoveryPath({ group, version }: Pick<ApiService, 'group' | 'version'>): string {
  return group === '' ? `/api/${version}` : `/apis/${formatGroupVersion({ group, version })}`
}

/**
 * Asks a server for the discovery of its group-version: five times at once, and one success is enough. Undefined is a
 * success; otherwise the failure that came last. Redirects are not followed (AVL-12, AVL-13).
 */
export async function probe(
  backend: Backend,
  path: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<ProbeFailure | undefined> {
  const abort = new AbortController()
  const stop = (): void => abort.abort(signal.reason)
  signal.addEventListener('abort', stop)
  let last: ProbeFailure | undefined
  try {
    return await Promise.any(
      Array.from({ length: attempts }, async () => {
        const failure = await attempt(backend, path, { clock, signal: abort.signal })
        if (failure === undefined) return undefined
        last = failure
        throw new Error(failure.message)
      }),
    )
  } catch (error) {
    if (last === undefined) throw error
    return last
  } finally {
    signal.removeEventListener('abort', stop)
    abort.abort(new Error('the other attempts are no longer needed'))
  }
}

async function attempt(
  backend: Backend,
  path: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<ProbeFailure | undefined> {
  let location: BackendLocation
  try {
    location = backend.locate()
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error) }
  }
  const { host } = location
  const url = `https://${host}${path}`
  const limit = new AbortController()
  const stop = (): void => limit.abort(signal.reason)
  signal.addEventListener('abort', stop)
  let late = false
  const cancel = clock.after(timeout, () => {
    late = true
    limit.abort(new Error('timeout'))
  })
  try {
    const response = await location.send({
      method: 'GET',
      path,
      headers: { 'accept-encoding': 'gzip', 'user-agent': 'fairlead-aggregator' },
      user: aggregatorUser,
      signal: limit.signal,
    })
    discardBody(response)
    const { status } = response
    if (status >= 200 && status <= 299) return undefined
    return { message: `failing or missing response from ${url}: bad status from ${url}: ${status}`, host, status }
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    const cause = late ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)' : error.message
    const message = `failing or missing response from ${url}: Get "${url}": ${cause}`
    return { message, host, error, ...(error.presented === undefined ? {} : { presented: error.presented }) }
  } finally {
    cancel()
    signal.removeEventListener('abort', stop)
  }
}
