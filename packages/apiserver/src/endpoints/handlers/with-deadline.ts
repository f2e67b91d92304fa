import { type Clock, timeoutError } from '@fairlead/apimachinery'
import type { RequestContext } from '../../request/request-context.ts'

/** The longest that a write may take, in milliseconds. */
const longest = 34_000

/**
 * Waits for a write, but no longer than 34 seconds or the deadline of the request: then it throws Timeout, and the write
 * may still succeed.
 */
export function withDeadline<T>(
  { clock }: { readonly clock: Clock },
  { deadline }: Pick<RequestContext, 'deadline'>,
  write: Promise<T>,
): Promise<T> {
  const left = deadline === undefined ? longest : Math.min(longest, Math.max(0, deadline - clock.now()))
  return new Promise((resolve, reject) => {
    const cancel = clock.after(left, () => {
      reject(timeoutError('request did not complete within requested timeout - context deadline exceeded', 0))
    })
    write.then(
      (value) => {
        cancel()
        resolve(value)
      },
      (error: unknown) => {
        cancel()
        reject(error)
      },
    )
  })
}
