import { createHash } from 'node:crypto'
import { documentFragments, type LazyDocument, type Pause } from '@fairlead/openapi'

/** A document ready to be sent. */
export interface RenderedDocument {
  readonly bytes: Uint8Array
  /** Upper-case hexadecimal SHA-512 of the JSON form. */
  readonly hash: string
  /** Milliseconds since the epoch. */
  readonly modified: number
}

/** Writes a document in slices. */
export async function renderDocument(
  document: LazyDocument,
  now: () => number,
  pause: Pause,
): Promise<RenderedDocument> {
  const parts: Buffer[] = []
  const hash = await digestDocument(document, pause, (bytes) => parts.push(bytes))
  return { bytes: Buffer.concat(parts), hash, modified: now() }
}

/** The hash of a document, without keeping the document. */
export async function digestDocument(
  document: LazyDocument,
  pause: Pause,
  onBytes?: (bytes: Buffer) => void,
): Promise<string> {
  const hash = createHash('sha512')
  for (const fragment of documentFragments(document)) {
    const bytes = Buffer.from(fragment)
    hash.update(bytes)
    onBytes?.(bytes)
    await pause()
  }
  return hash.digest('hex').toUpperCase()
}
