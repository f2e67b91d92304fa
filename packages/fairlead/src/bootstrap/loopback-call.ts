import type { JsonObject } from '@fairlead/apimachinery'
import type { InProcessTransport } from '@fairlead/apiserver'

/** What the server has answered itself. */
export interface LoopbackAnswer {
  readonly status: number
  readonly body: JsonObject
}

/** A call to the server in the same process, as its own identity. */
export type LoopbackCall = (method: string, path: string, body?: JsonObject) => Promise<LoopbackAnswer>

/** Calls over a transport. */
export function loopback(transport: InProcessTransport): LoopbackCall {
  return async (method, path, body) => {
    const response = await transport({
      method,
      path,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: JSON.parse(await response.text()) as JsonObject }
  }
}

/** Throws unless an answer has one of these codes; `what` was to be done. */
export function checkAnswer(what: string, { status, body }: LoopbackAnswer, ...expected: readonly number[]): void {
  if (!expected.includes(status)) throw new Error(`cannot ${what}: ${status} ${String(body['message'] ?? '')}`)
}
