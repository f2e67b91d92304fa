import type { ApiResponse, ByteSink } from './api-response.ts'
import type { RequestContext } from './request-context.ts'

type Answer = Promise<ApiResponse> | ApiResponse

/** Changes a response when it is there, without waiting a turn when it already is. */
export function mapResponse(answer: Answer, change: (response: ApiResponse) => ApiResponse): Answer {
  return answer instanceof Promise ? answer.then(change) : change(answer)
}

/**
 * Calls `finished` once, when a request is over: it failed, or its response is whole and its streamed body has been
 * written or given up. `call` makes the answer.
 */
export function whenFinished(call: () => Answer, finished: (response: ApiResponse | undefined) => void): Answer {
  let answer: Answer
  try {
    answer = call()
  } catch (error) {
    finished(undefined)
    throw error
  }
  if (!(answer instanceof Promise)) return followBody(answer, finished)
  return answer.then(
    (response) => followBody(response, finished),
    (error: unknown) => {
      finished(undefined)
      throw error
    },
  )
}

/** The same; a request that takes its connection over is done with at that moment. */
export function whenFinishedOrTakenOver({ request }: RequestContext, call: () => Answer, finished: () => void): Answer {
  if (request.upgrade === undefined) return whenFinished(call, finished)
  let over = false
  const finish = (): void => {
    if (!over) finished()
    over = true
  }
  const untilTakenOver = (response: ApiResponse): ApiResponse => {
    if (response.upgraded === true) finish()
    return response
  }
  return whenFinished(() => mapResponse(call(), untilTakenOver), finish)
}

function followBody(response: ApiResponse, finished: (response: ApiResponse) => void): ApiResponse {
  const { body } = response
  if (typeof body !== 'function') {
    finished(response)
    return response
  }
  return {
    ...response,
    body: async (sink) => {
      try {
        await body(sink)
      } finally {
        finished(response)
      }
    },
  }
}

/** Lets go of a response that nobody will read: a streaming body is told that its client is gone. */
export async function discardResponse(response: ApiResponse): Promise<void> {
  if (typeof response.body !== 'function') return
  await response.body(closedSink())
}

function closedSink(): ByteSink {
  return { write: () => true, drained: () => Promise.resolve(), buffered: 0, signal: AbortSignal.abort() }
}
