import { serviceUnavailable } from '@fairlead/apimachinery'
import { AbortSource } from '../request/abort-source.ts'
import { mapResponse, whenFinished, whenFinishedOrTakenOver } from '../request/after-response.ts'
import { changeContext } from '../request/create-context.ts'
import { isLongRunning } from '../request/long-running.ts'
import type { Filter, Handler, RequestContext } from '../request/request-context.ts'
import { type ErrorRenderer, withHeaders } from '../request/responses.ts'

/** What is being answered, for the server to wait for when it shuts down. */
export class RequestsInFlight {
  #short = 0
  readonly #long = new Set<AbortSource>()
  #refusing = false
  readonly #waiting = new Set<() => void>()

  /** Requests that end by themselves. */
  get short(): number {
    return this.#short
  }

  /** Watches and other requests that last. */
  get long(): number {
    return this.#long.size
  }

  /** Refuses requests from now on, except those that ask about the server itself. */
  refuse(): void {
    this.#refusing = true
  }

  get refusing(): boolean {
    return this.#refusing
  }

  /** Resolves when no short request is left, and no long one either if `includingLong`. */
  async idle(includingLong: boolean): Promise<void> {
    while (this.#short > 0 || (includingLong && this.#long.size > 0)) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** Asks long-running requests to come to an end: their signals are aborted. */
  endLong(): void {
    for (const source of this.#long) source.abort(() => new Error('the server is shutting down'))
  }

  /** Counts a short request; the function returned counts it out. */
  enter(): () => void {
    this.#short += 1
    return () => {
      this.#short -= 1
      this.#changed()
    }
  }

  /** Counts a long-running request; the function returned counts it out. */
  enterLong(source: AbortSource): () => void {
    this.#long.add(source)
    return () => {
      this.#long.delete(source)
      this.#changed()
    }
  }

  #changed(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }
}

const exemptPaths: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz', '/metrics'])

/** Counts requests, and refuses them with 503 once the server is shutting down. */
export function trackInFlight(inFlight: RequestsInFlight, render: ErrorRenderer<RequestContext>): Filter {
  return (next) => (context) => {
    if (isLongRunning(context.info)) {
      const source = new AbortSource(() => context.signal)
      const leave = inFlight.enterLong(source)
      return whenFinished(() => next(changeContext(context, { abort: source })), leave)
    }
    if (inFlight.refusing && !exemptPaths.has(context.info.path)) {
      const refusal = render(serviceUnavailable('apiserver is shutting down'), context)
      return withHeaders(refusal, { 'retry-after': '1', 'x-content-type-options': 'nosniff' })
    }
    if (context.request.upgrade === undefined) return whenFinished(() => next(context), inFlight.enter())
    return untilTakenOver(inFlight, context, next)
  }
}

/** A short request, which becomes a long one when it takes its connection over. */
function untilTakenOver(inFlight: RequestsInFlight, context: RequestContext, next: Handler): ReturnType<Handler> {
  const source = new AbortSource(() => context.signal)
  let leaveLong: (() => void) | undefined
  const answer = (): ReturnType<Handler> =>
    mapResponse(next(changeContext(context, { abort: source })), (response) => {
      if (response.upgraded === true) leaveLong = inFlight.enterLong(source)
      return response
    })
  return whenFinished(
    () => whenFinishedOrTakenOver(context, answer, inFlight.enter()),
    () => leaveLong?.(),
  )
}
