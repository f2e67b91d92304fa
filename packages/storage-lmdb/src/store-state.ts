import type { Revision } from '@fairlead/storage'
import type { Tables } from './tables.ts'

/** The numbers that a store goes on from. */
export interface StoreState {
  /** The newest committed revision. */
  readonly revision: Revision
  /** Below this revision there is no past. */
  readonly floor: Revision
  /** Bytes of the log. */
  readonly logBytes: number
}

/** The folder was written by a version of Fairlead with another layout. */
export class StorageFormatError extends Error {
  constructor(folder: string, found: unknown) {
    super(`the data folder ${folder} has format ${String(found)}, this version reads format ${format}`)
    this.name = 'StorageFormatError'
  }
}

const format = 1
const stateKey = 'state'

/** A fresh store is at revision 1 as etcd is, so that no list is ever at revision 0, which clients read as "any". */
const fresh: StoreState = { revision: 1, floor: 0, logBytes: 0 }

/** Reads the numbers; those of a fresh store when there are none. Throws `StorageFormatError`. */
export function readState(folder: string, { meta }: Tables): StoreState {
  const text = meta.get(stateKey)
  if (text === undefined) return fresh
  const stored = JSON.parse(text) as StoreState & { readonly format: unknown }
  if (stored.format !== format) throw new StorageFormatError(folder, stored.format)
  return { revision: stored.revision, floor: stored.floor, logBytes: stored.logBytes }
}

/** Writes the numbers; within a write transaction. */
export function writeState({ meta }: Tables, state: StoreState): void {
  meta.putSync(stateKey, JSON.stringify({ format, ...state }))
}
