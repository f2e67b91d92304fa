import type { ApiResponse } from '@fairlead/apiserver'

/** Lets go of a response that nobody will read: its server is told that its client has left. */
export function discardBody({ body }: ApiResponse): void {
  if (typeof body !== 'function') return
  const closed = { write: () => true, drained: () => Promise.resolve(), buffered: 0, signal: AbortSignal.abort() }
  body(closed).catch(() => undefined)
}
