import { createHash } from 'node:crypto'

/** What discovery says of the stored version: clients that migrate storage compare it. */
export function storageVersionHash(kind: {
  readonly group: string
  readonly version: string
  readonly kind: string
}): string {
  const name = `${kind.group}/${kind.version}/${kind.kind}`
  return createHash('sha256').update(name).digest().subarray(0, 8).toString('base64')
}
