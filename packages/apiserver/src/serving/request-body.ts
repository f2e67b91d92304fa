import type { Readable } from 'node:stream'
import { plainError, requestEntityTooLarge } from '@fairlead/apimachinery'
import type { RequestBody } from '../request/api-request.ts'

/** A request without a body. */
export const emptyBody: RequestBody = {
  bytes: () => Promise.resolve(new Uint8Array(0)),
  stream: () => noBytes(),
}

/** The body that a socket delivers. `declared` is its Content-Length, when there is one. */
export class SocketBody implements RequestBody {
  readonly #source: Readable
  readonly #declared: number | undefined
  readonly #beforeRead: (() => void) | undefined
  #taken = false

  /** `beforeRead` runs before the first byte is read: that is when a client that asked is told to continue. */
  constructor(source: Readable, declared: number | undefined, beforeRead?: () => void) {
    this.#source = source
    this.#declared = declared
    this.#beforeRead = beforeRead
  }

  async bytes(limit: number): Promise<Uint8Array> {
    if (this.#declared !== undefined && this.#declared > limit) throw requestEntityTooLarge(`limit is ${limit}`)
    this.#take()
    return await collect(this.#source, limit)
  }

  stream(): AsyncIterable<Uint8Array> {
    this.#take()
    return this.#source
  }

  #take(): void {
    if (this.#taken) throw new Error('the request body was read already')
    this.#taken = true
    this.#beforeRead?.()
  }
}

function collect(source: Readable, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const finish = (act: () => void): void => {
      source.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
      source.pause()
      act()
    }
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk)
      size += chunk.length
      if (size > limit) finish(() => reject(requestEntityTooLarge(`limit is ${limit}`)))
    }
    const onEnd = (): void =>
      finish(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    const onClose = (): void => finish(() => reject(plainError('unexpected EOF')))
    if (source.readableEnded) resolve(Buffer.alloc(0))
    else if (source.destroyed) reject(plainError('unexpected EOF'))
    else source.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  })
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}
