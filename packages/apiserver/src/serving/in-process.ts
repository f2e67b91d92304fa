import { requestEntityTooLarge, badRequest } from '@fairlead/apimachinery'
import type { UserInfo } from '../authentication/user-info.ts'
import { AbortSource } from '../request/abort-source.ts'
import type { ApiRequest, RequestBody, RequestHeaders } from '../request/api-request.ts'
import type { ApiResponse, ResponseHeaders } from '../request/api-response.ts'
import { discardResponse } from '../request/after-response.ts'
import { parseRequestTarget } from '../request/request-target.ts'
import { createByteQueue } from './byte-queue.ts'
import { emptyBody } from './request-body.ts'

/** A call to a server in the same process. */
export interface InProcessCall {
  readonly method: string
  /** Path and query as they would stand in a request line. */
  readonly path: string
  readonly headers?: RequestHeaders
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>
  /** Ends the call as a closed connection would. */
  readonly signal?: AbortSignal
}

/** The answer to a call. The body is read once, as it comes or whole. */
export interface InProcessResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  readonly body: AsyncIterable<Uint8Array>
  bytes(): Promise<Uint8Array>
  text(): Promise<string>
}

/** Calls a server as a client over the network would, without the network: the same filters and handlers run. */
export type InProcessTransport = (call: InProcessCall) => Promise<InProcessResponse>

/**
 * Makes a transport to `handle`. `user` is who its calls come from; it is recognised by `authenticateInProcess` and
 * by nothing that arrives over a socket.
 */
export function createInProcessTransport(
  handle: (request: ApiRequest) => Promise<ApiResponse>,
  options: { readonly user?: UserInfo } = {},
): InProcessTransport {
  return async (call) => {
    const abort = new AbortSource(call.signal === undefined ? undefined : () => call.signal ?? AbortSignal.abort())
    const request = new InProcessRequest(call, abort, options.user)
    return read(await handle(request), request, abort)
  }
}

/** The user that an in-process transport speaks for. Undefined for requests from the network. */
export function inProcessUser(request: ApiRequest): UserInfo | undefined {
  return InProcessRequest.userOf(request)
}

class InProcessRequest implements ApiRequest {
  readonly method: string
  readonly rawPath: string
  readonly path: string
  readonly rawQuery: string
  readonly headers: RequestHeaders
  readonly protocol = 'in-process'
  readonly body: RequestBody
  readonly remoteAddress = '127.0.0.1'
  readonly #abort: AbortSource
  readonly #user: UserInfo | undefined
  #query: URLSearchParams | undefined

  constructor(call: InProcessCall, abort: AbortSource, user: UserInfo | undefined) {
    const target = parseRequestTarget(call.path)
    if (target === undefined) throw badRequest(`invalid request path ${JSON.stringify(call.path)}`)
    this.method = call.method.toUpperCase()
    this.rawPath = target.rawPath
    this.path = target.path
    this.rawQuery = target.rawQuery
    this.headers = lowerCaseNames(call.headers ?? {})
    this.body = call.body === undefined ? emptyBody : givenBody(call.body)
    this.#abort = abort
    this.#user = user
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.rawQuery)
    return this.#query
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  static userOf(request: ApiRequest): UserInfo | undefined {
    return #user in request ? request.#user : undefined
  }
}

function lowerCaseNames(headers: RequestHeaders): RequestHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function givenBody(body: NonNullable<InProcessCall['body']>): RequestBody {
  const whole =
    typeof body === 'string' ? new TextEncoder().encode(body) : body instanceof Uint8Array ? body : undefined
  const pieces: AsyncIterable<Uint8Array> = whole === undefined ? (body as AsyncIterable<Uint8Array>) : once(whole)
  return {
    async bytes(limit) {
      const chunks: Uint8Array[] = []
      let size = 0
      for await (const chunk of pieces) {
        size += chunk.length
        if (size > limit) throw requestEntityTooLarge(`limit is ${limit}`)
        chunks.push(chunk)
      }
      return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    },
    stream: () => pieces,
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function read(response: ApiResponse, request: ApiRequest, abort: AbortSource): InProcessResponse {
  const body = bodyOf(response, request, abort)
  const bytes = async (): Promise<Uint8Array> => {
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
  return {
    status: response.status,
    headers: response.headers,
    body,
    bytes,
    text: async () => new TextDecoder().decode(await bytes()),
  }
}

function bodyOf(response: ApiResponse, request: ApiRequest, abort: AbortSource): AsyncIterable<Uint8Array> {
  const { body } = response
  if (typeof body !== 'function') {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
    return once(request.method === 'HEAD' || bytes === undefined ? new Uint8Array(0) : bytes)
  }
  if (request.method === 'HEAD') {
    void discardResponse(response)
    return once(new Uint8Array(0))
  }
  const queue = createByteQueue(abort)
  body(queue.sink).then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  )
  return queue.chunks
}
