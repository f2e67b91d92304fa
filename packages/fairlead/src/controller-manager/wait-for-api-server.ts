import { type Client, sleep } from '@fairlead/client'

/** How long to wait for a server that does not answer or is not well, and how long between two looks, in milliseconds. */
const patience = 10_000
const pause = 1000

/** Resolves when the API server says that it is well. Rejects with its last answer after ten seconds. */
export async function waitForApiServer({ transport, times: { clock } }: Client): Promise<void> {
  const giveUpAt = clock.now() + patience
  let last: Error | undefined
  for (;;) {
    const waiting = new AbortController()
    const cancel = clock.after(Math.max(0, giveUpAt - clock.now()), () =>
      waiting.abort(new Error('it does not answer')),
    )
    try {
      const response = await transport({ method: 'GET', path: '/healthz', signal: waiting.signal })
      const text = await response.text()
      if (response.status === 200) return
      throw new Error(`/healthz answers ${response.status}: ${text.trim()}`)
    } catch (error) {
      // The last look may have had no time left for an answer.
      if (!waiting.signal.aborted) last = error as Error
      if (clock.now() >= giveUpAt) {
        const cause = last ?? (error as Error)
        throw new Error(`the API server is not well: ${cause.message}`, { cause })
      }
    } finally {
      cancel()
    }
    await sleep(clock, pause)
  }
}
