import { type Clock, encodeJson, parseJson, type StatusError } from '@fairlead/apimachinery'
import { linkSignal, sleep } from '../abort.ts'
import { ConnectionError, type Transport, type TransportResponse } from '../transport.ts'
import { type Query, withQuery } from './query.ts'
import { isTooLargeResourceVersion, responseError, retryAfterSeconds } from './response-error.ts'
import { type ApiWarning, parseWarnings } from './warnings.ts'

/** One call to an API server, in terms of the API. */
export interface ApiCall {
  /** `GET` unless told. */
  readonly method?: string
  /** Without the query. */
  readonly path: string
  readonly query?: Query
  /** Anything that is no bytes and no text is sent as JSON. */
  readonly body?: unknown
  /** `application/json` unless told. */
  readonly contentType?: string
  /** `application/json` unless told. */
  readonly accept?: string
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
}

/** Sends calls, and tries again what the server asks to be tried again. */
export interface Requester {
  /** The response, which is a success or 304; anything else is thrown as a StatusError. Its body must be read. */
  send(call: ApiCall): Promise<TransportResponse>
  /** The JSON body of the response. */
  json<Body>(call: ApiCall): Promise<Body>
}

export interface RequesterOptions {
  readonly clock: Clock
  readonly userAgent: string
  /** How often a call is tried again; 10 unless told. */
  readonly maxRetries: number
  onWarning?(warning: ApiWarning): void
}

/** How long to wait before a read is tried again whose connection broke. */
const brokenReadDelay = 1000

/**
 * Makes a requester. Tried again are: every call that is answered with 429 or 5xx and a Retry-After header, after that
 * time; every call that never reached the server; reads whose connection broke before the response began.
 */
export function createRequester(transport: Transport, options: RequesterOptions): Requester {
  const send = async (call: ApiCall): Promise<TransportResponse> => {
    const method = call.method ?? 'GET'
    const link = linkSignal(call.signal)
    try {
      for (let attempt = 0; ; attempt++) {
        const mayRetry = attempt < options.maxRetries && !isStream(call.body)
        const response = await answer(transport, call, { method, signal: link.signal, mayRetry, options })
        if (response === undefined) {
          await sleep(options.clock, brokenReadDelay, link.signal)
          continue
        }
        for (const warning of parseWarnings(response.headers['warning'])) options.onWarning?.(warning)
        if (response.status < 300 || response.status === 304) return releasing(response, link.release)
        const after = retryAfterSeconds(response)
        const error = await responseError(response, method)
        if (!mayRetry || after === undefined || !isTransient(error)) throw error
        await sleep(options.clock, after * 1000, link.signal)
      }
    } catch (error) {
      link.release()
      throw error
    }
  }
  return {
    send,
    async json<Body>(call: ApiCall) {
      const response = await send(call)
      return parseJson(await response.bytes()) as Body
    },
  }
}

interface Attempt {
  readonly method: string
  readonly signal: AbortSignal
  readonly mayRetry: boolean
  readonly options: RequesterOptions
}

/** The response, or undefined when there was none and the call may be tried again. */
async function answer(transport: Transport, call: ApiCall, attempt: Attempt): Promise<TransportResponse | undefined> {
  const { method, signal, mayRetry, options } = attempt
  const { body } = call
  const bytes = body === undefined || isRaw(body) ? body : encodeJson(body as object)
  try {
    return await transport({
      method,
      path: withQuery(call.path, call.query),
      headers: {
        accept: call.accept ?? 'application/json',
        'user-agent': options.userAgent,
        ...(bytes === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
        ...call.headers,
      },
      ...(bytes === undefined ? {} : { body: bytes }),
      signal,
    })
  } catch (error) {
    if (signal.aborted || !mayRetry || !ConnectionError.is(error)) throw error
    if (!error.unsent && method !== 'GET') throw error
    return undefined
  }
}

/** A resource version from the future may never come: whoever asked for it must decide whether to wait. */
function isTransient(error: StatusError): boolean {
  return (error.code === 429 || error.code >= 500) && !isTooLargeResourceVersion(error)
}

function isRaw(body: unknown): body is Uint8Array | string | AsyncIterable<Uint8Array> {
  return typeof body === 'string' || body instanceof Uint8Array || isStream(body)
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

/** The same response; `release` runs when its body has ended or was left. */
function releasing(response: TransportResponse, release: () => void): TransportResponse {
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      yield* response.body
    } finally {
      release()
    }
  }
  return {
    status: response.status,
    headers: response.headers,
    body: body(),
    bytes: () => response.bytes().finally(release),
    text: () => response.text().finally(release),
  }
}
