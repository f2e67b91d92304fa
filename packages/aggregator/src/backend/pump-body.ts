import type { Readable } from 'node:stream'
import type { ByteSink } from '@fairlead/apiserver'
import { BackendError } from './backend.ts'

/**
 * Writes what a server sends to a client as it comes, and reads no faster than the client takes it. Resolves at the end
 * of the body, and when the client has left (then `cancel` ends the exchange). Rejects when the server broke off, so that
 * the client never takes a part for the whole.
 */
export function pumpBody(source: Readable, sink: ByteSink, cancel: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const { signal } = sink
    let done = false
    const finish = (act: () => void): void => {
      if (done) return
      done = true
      source.off('data', onData).off('end', onEnd).off('close', onClose)
      signal.removeEventListener('abort', onAbort)
      act()
    }
    const onData = (chunk: Uint8Array): void => {
      if (sink.write(chunk)) return
      source.pause()
      void sink.drained().then(() => source.resume())
    }
    const onEnd = (): void => finish(isWhole(source) ? resolve : () => reject(brokenOff(undefined)))
    const onClose = (): void => finish(() => reject(brokenOff(source.errored ?? undefined)))
    const onAbort = (): void =>
      finish(() => {
        cancel()
        resolve()
      })
    if (signal.aborted) onAbort()
    else if (source.readableEnded) onEnd()
    else if (source.destroyed) onClose()
    else {
      source.on('data', onData).on('end', onEnd).on('close', onClose)
      signal.addEventListener('abort', onAbort)
    }
  })
}

/** HTTP/1.1 ends a body that was cut short like a whole one, but remembers; HTTP/2 streams carry a code. */
function isWhole(source: Readable): boolean {
  if ('complete' in source) return source.complete === true
  if ('rstCode' in source) return !source.rstCode
  return true
}

function brokenOff(cause: unknown): BackendError {
  return new BackendError('unexpected EOF', { cause, stage: 'sent' })
}
