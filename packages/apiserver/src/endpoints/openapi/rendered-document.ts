import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { documentFragments, type LazyDocument } from '@fairlead/openapi'

/** A document ready to be sent. */
export interface RenderedDocument {
  readonly bytes: Uint8Array
  /** Upper-case hexadecimal SHA-512 of the bytes. */
  readonly hash: string
  /** Milliseconds since the epoch. */
  readonly modified: number
}

/** Longest run of work between two turns of the event loop, in milliseconds. */
const slice = 4

/** Writes a document in slices, so that watches and other requests keep their latency meanwhile. */
export async function renderDocument(document: LazyDocument, now: () => number): Promise<RenderedDocument> {
  const hash = createHash('sha512')
  const parts: Buffer[] = []
  let started = performance.now()
  for (const fragment of documentFragments(document)) {
    const bytes = Buffer.from(fragment)
    hash.update(bytes)
    parts.push(bytes)
    if (performance.now() - started > slice) {
      await nextTurn()
      started = performance.now()
    }
  }
  return { bytes: Buffer.concat(parts), hash: hash.digest('hex').toUpperCase(), modified: now() }
}
