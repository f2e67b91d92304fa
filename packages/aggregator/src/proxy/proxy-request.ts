import {
  type ApiRequest,
  type ApiResponse,
  isLongRunning,
  type RequestContext,
  type RequestInfo,
  type ResponseHeaders,
  textErrorResponse,
} from '@fairlead/apiserver'
import type { Clock } from '@fairlead/apimachinery'
import {
  type Backend,
  BackendError,
  type BackendLocation,
  type BackendRequest,
  type FailureStage,
} from '../backend/backend.ts'
import { discardBody } from '../backend/discard-body.ts'
import { canonicalQuery, escapePath } from './escape.ts'
import { forwardedHeaders, forwardingHeaders, isKeptBack } from './forwarded-headers.ts'
import { tunnel } from './tunnel.ts'

/** Clients ask for discovery often and wait for it: a server that hangs costs them this many milliseconds. */
const discoveryTimeout = 5_000

/** What a proxy works with. */
export interface ProxyOptions {
  readonly clock: Clock
  /** Answers 502 in place of a redirect (CVE-2022-3172); true unless an operator says otherwise. */
  readonly rejectRedirects: boolean
  /** Told why a client got a 503 that does not say it. */
  onFailure(problem: string, error: unknown): void
  /** Told of a request that was answered without a server being asked. */
  onRefused(context: RequestContext, code: number): void
}

/**
 * Sends a client's request to the server behind and its answer back, both as they come: PRX-6 to PRX-27. Failures are
 * answered with plain text, as upstream answers them; clients know the texts.
 */
export async function proxyRequest(
  context: RequestContext,
  backend: Backend,
  options: ProxyOptions,
): Promise<ApiResponse> {
  let location: BackendLocation
  try {
    location = backend.locate()
  } catch (error) {
    options.onFailure('error resolving', error)
    options.onRefused(context, 503)
    return textErrorResponse(503, 'service unavailable')
  }
  if (isUpgrade(context.request)) {
    return await tunnel(context, location, outgoing(context, location, { signal: context.signal }))
  }
  return await exchange(context, { backend, location, options })
}

interface Exchange {
  readonly backend: Backend
  readonly location: BackendLocation
  readonly options: ProxyOptions
}

async function exchange(context: RequestContext, { backend, location, options }: Exchange): Promise<ApiResponse> {
  const limit = isDiscovery(context) ? limitTo(discoveryTimeout, context.signal, options.clock) : undefined
  const signal = limit?.signal ?? context.signal
  try {
    const response = await sendOnceMore(context, { backend, location, signal })
    return endingCleanly(context, clientResponse(response, options.rejectRedirects, limit?.end))
  } catch (error) {
    limit?.end()
    if (!(error instanceof BackendError)) throw error
    const cause = limit?.passed() === true ? 'context deadline exceeded' : error.message
    return textErrorResponse(503, `error trying to reach service: ${cause}`)
  }
}

/**
 * A request that failed without an answer is sent a second time where that can do no harm: over another connection when the
 * server has not looked at it, otherwise to another server of the Service.
 */
async function sendOnceMore(
  context: RequestContext,
  { backend, location, signal }: Omit<Exchange, 'options'> & { readonly signal: AbortSignal },
): Promise<ApiResponse> {
  // Read by whoever is sent it, once.
  const rest = { signal, ...(hasBody(context.request) ? { body: context.request.body.stream() } : {}) }
  try {
    return await location.send(outgoing(context, location, rest))
  } catch (error) {
    const harmless = error instanceof BackendError && !signal.aborted && isHarmless(error.stage, context.info, rest)
    const second = harmless ? another(backend, location, error.stage === 'refused') : undefined
    if (second === undefined) throw error
    return await second.send(outgoing(context, second, rest))
  }
}

/** Whether nothing happens twice, and all of the request is still there to be sent. */
function isHarmless(stage: FailureStage, { verb, subresource }: RequestInfo, { body }: Rest): boolean {
  if (stage === 'dial') return true
  if (body !== undefined) return false
  // A GET of a subresource of somebody's own may do anything.
  return stage === 'refused' || (readingVerbs.has(verb) && readSubresources.has(subresource))
}

const readingVerbs: ReadonlySet<string> = new Set(['get', 'head', 'list', 'watch'])
const readSubresources: ReadonlySet<string> = new Set(['', 'status', 'scale'])

/** Another server of the same backend; the same one again only when that is wanted. */
function another(backend: Backend, first: BackendLocation, orSame: boolean): BackendLocation | undefined {
  try {
    const found = backend.locate(first)
    return orSame || found.host !== first.host ? found : undefined
  } catch {
    // There is none any more: what went wrong with the first one is what the client is told.
    return undefined
  }
}

type Rest = Pick<BackendRequest, 'signal' | 'body'>

function outgoing(context: RequestContext, { host }: BackendLocation, rest: Rest): BackendRequest {
  const { request, user, auditId } = context
  const upgrade = isUpgrade(request)
  const path = escapePath(request.path)
  const query = canonicalQuery(request.rawQuery)
  return {
    method: request.method,
    path: query === '' ? path : `${path}?${query}`,
    headers: {
      ...forwardedHeaders(request, upgrade),
      ...forwardingHeaders(request, { host, path }, upgrade),
      'audit-id': auditId,
    },
    user,
    ...rest,
  }
}

/** Only HTTP/1.1 clients can ask, and only where the listener can hand the connection over. */
function isUpgrade({ upgrade, headers }: ApiRequest): boolean {
  if (upgrade === undefined) return false
  return (headers['connection'] ?? '').split(',').some((token) => token.trim().toLowerCase() === 'upgrade')
}

function hasBody({ method, headers, protocol }: ApiRequest): boolean {
  const length = headers['content-length']
  if (length !== undefined) return length !== '0'
  if (headers['transfer-encoding'] !== undefined) return true
  return protocol !== 'HTTP/1.1' && method !== 'GET' && method !== 'HEAD'
}

/** `/apis/{group}/{version}` and the like. */
function isDiscovery({ info }: RequestContext): boolean {
  return !info.isResourceRequest && /^\/*[^/]+\/[^/]*\/[^/]+\/*$/.test(info.path)
}

/** A watch that this server ends, because it is shutting down, ends for its client like any other. */
function endingCleanly({ info, signal }: RequestContext, response: ApiResponse): ApiResponse {
  const { body } = response
  if (typeof body !== 'function' || !isLongRunning(info)) return response
  return {
    ...response,
    body: (sink) =>
      body(sink).catch((error: unknown) => {
        if (!signal.aborted || sink.signal.aborted) throw error
      }),
  }
}

function clientResponse(
  response: ApiResponse,
  rejectRedirects: boolean,
  finished: (() => void) | undefined,
): ApiResponse {
  const { status, body } = response
  if (rejectRedirects && status >= 300 && status <= 399 && response.headers['location'] !== undefined) {
    finished?.()
    discardBody(response)
    return {
      status: 502,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: 'the backend attempted to redirect this request, which is not permitted',
    }
  }
  const headers = withoutKeptBack(response.headers)
  if (finished === undefined || typeof body !== 'function')
    return { status, headers, ...(body === undefined ? {} : { body }) }
  return { status, headers, body: (sink) => body(sink).finally(finished) }
}

function withoutKeptBack(from: ResponseHeaders): ResponseHeaders {
  const headers: Record<string, string | readonly string[] | undefined> = {}
  for (const name in from) if (!isKeptBack(name)) headers[name] = from[name]
  return headers
}

interface Limit {
  readonly signal: AbortSignal
  passed(): boolean
  end(): void
}

/** A signal that is also aborted after a time. */
function limitTo(milliseconds: number, parent: AbortSignal, clock: Clock): Limit {
  const controller = new AbortController()
  let passed = false
  const follow = (): void => controller.abort(parent.reason)
  if (parent.aborted) follow()
  else parent.addEventListener('abort', follow)
  const cancel = clock.after(milliseconds, () => {
    passed = true
    controller.abort(new Error('context deadline exceeded'))
  })
  return {
    signal: controller.signal,
    passed: () => passed,
    end() {
      cancel()
      parent.removeEventListener('abort', follow)
    },
  }
}
