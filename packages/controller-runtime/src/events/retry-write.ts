import { StatusError } from '@fairlead/apimachinery'
import { type Client, sleep } from '@fairlead/client'

const tries = 12
const between = 10_000

/** How a write that failed is tried again. */
export interface RetryOptions {
  readonly client: Pick<Client, 'times'>
  readonly signal: AbortSignal
  /** Refusals after which another try may succeed; none unless told. */
  mayRetry?(refusal: StatusError): boolean
}

/**
 * Writes until it works. A server that refuses is not asked again (the namespace is going away, say); one that cannot be
 * reached is, for two minutes. Throws what ended it.
 */
export async function retryWrite<T>(write: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { client, signal, mayRetry } = options
  const { clock, random } = client.times
  let wait = between * random()
  for (let left = tries; ; wait = between) {
    try {
      return await write()
    } catch (error) {
      left -= 1
      const isFinal = error instanceof StatusError && mayRetry?.(error) !== true
      if (isFinal || left === 0 || signal.aborted) throw error
    }
    // The first wait is drawn, so that recorders do not all come back together to a server that has started.
    await sleep(clock, wait, signal)
  }
}
