import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { documentFragments, type LazyDocument } from '@fairlead/openapi'

/** A document ready to be sent. */
export interface RenderedDocument {
  readonly bytes: Uint8Array
  /** Upper-case hexadecimal SHA-512 of the JSON form. */
  readonly hash: string
  /** Milliseconds since the epoch. */
  readonly modified: number
}

/** Longest run of work between two turns of the event loop, in milliseconds. */
const slice = 4

/** Writes a document in slices, so that watches and other requests keep their latency meanwhile. */
export async function renderDocument(document: LazyDocument, now: () => number): Promise<RenderedDocument> {
  const parts: Buffer[] = []
  const hash = await digestDocument(document, (bytes) => parts.push(bytes))
  return { bytes: Buffer.concat(parts), hash, modified: now() }
}

/** The hash of a document, without keeping the document. */
export async function digestDocument(document: LazyDocument, onBytes?: (bytes: Buffer) => void): Promise<string> {
  const hash = createHash('sha512')
  let started = performance.now()
  for (const fragment of documentFragments(document)) {
    const bytes = Buffer.from(fragment)
    hash.update(bytes)
    onBytes?.(bytes)
    if (performance.now() - started > slice) {
      await nextTurn()
      started = performance.now()
    }
  }
  return hash.digest('hex').toUpperCase()
}
