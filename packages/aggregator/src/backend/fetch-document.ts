import { gunzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { UserInfo } from '@fairlead/apiserver'
import type { Clock } from '@fairlead/apimachinery'
import { type Backend, BackendError } from './backend.ts'
import { collect, type CollectedResponse } from './collect.ts'

const unzip = promisify(gunzip)

export interface FetchOptions {
  readonly clock: Clock
  readonly user: UserInfo
  readonly accept: string
  readonly etag?: string | undefined
  /** Milliseconds for the whole of it. */
  readonly timeout: number
  /** The longest document that is taken, in bytes. */
  readonly limit: number
  readonly signal: AbortSignal
}

/** Gets a document of a backend, for this server itself. Rejects when there is no whole answer in time. */
export async function fetchDocument(backend: Backend, path: string, options: FetchOptions): Promise<CollectedResponse> {
  const { clock, user, accept, etag, timeout, limit, signal } = options
  const abort = new AbortController()
  const stop = (): void => abort.abort(signal.reason)
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  let late = false
  const cancel = clock.after(timeout, () => {
    late = true
    abort.abort(new Error('request timed out'))
  })
  try {
    const response = await backend.locate().send({
      method: 'GET',
      path,
      headers: { accept, 'accept-encoding': 'gzip', ...(etag === undefined ? {} : { 'if-none-match': etag }) },
      user,
      signal: abort.signal,
    })
    const collected = await collect(response, limit)
    if (collected.headers['content-encoding'] !== 'gzip') return collected
    return { ...collected, body: await unzip(collected.body, { maxOutputLength: limit }) }
  } catch (error) {
    if (late) throw new BackendError('request timed out', { stage: 'sent', cause: error })
    throw error
  } finally {
    cancel()
    signal.removeEventListener('abort', stop)
  }
}
