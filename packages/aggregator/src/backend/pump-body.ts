import type { Readable } from 'node:stream'
import type { ByteSink } from '@fairlead/apiserver'
import { BackendError } from './backend.ts'

/** A body that a server sends. */
export interface IncomingBody {
  readonly source: Readable
  /** Whether a source that has ended has ended as the server meant it to. */
  isWhole(): boolean
  /** Ends the exchange. */
  cancel(): void
}

/**
 * Writes what a server sends to a client as it comes, and reads no faster than the client takes it. Resolves at the end
 * of the body, and when the client has left (then the exchange is cancelled). Rejects when the server broke off, so that
 * the client never takes a part for the whole.
 */
export function pumpBody({ source, isWhole, cancel }: IncomingBody, sink: ByteSink): Promise<void> {
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
    const onEnd = (): void => finish(isWhole() ? resolve : () => reject(brokenOff(undefined)))
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

function brokenOff(cause: unknown): BackendError {
  return new BackendError('unexpected EOF', { cause, stage: 'sent' })
}
