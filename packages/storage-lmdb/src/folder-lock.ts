import { randomUUID } from 'node:crypto'
import { isRunning, ownIdentity } from './process-identity.ts'
import type { ProcessIdentity } from './process-identity.ts'
import type { Tables } from './tables.ts'

/** Another store, of this process or another one, has the folder open. */
export class StorageLockedError extends Error {
  readonly folder: string
  readonly pid: number
  constructor(folder: string, pid: number) {
    const owner = pid === process.pid ? 'already open in this process' : `in use by process ${pid}`
    super(`the data folder ${folder} is ${owner}`)
    this.name = 'StorageLockedError'
    this.folder = folder
    this.pid = pid
  }
}

/** The folder's owner is this store for as long as nobody says otherwise. */
export interface FolderLock {
  /**
   * Whether this store still owns the folder; to be asked within a write transaction. It stops being true only where
   * liveness cannot be told, such as between containers that share the folder: then the one who came later wins, and
   * the other must not write again.
   */
  isHeld(): boolean
  release(): void
}

interface Owner extends ProcessIdentity {
  readonly instance: string
}

const ownerKey = 'owner'

/**
 * Makes this store the owner of the folder. The record lies in the store itself and is taken within a write
 * transaction, which the engine lets one process at a time into, so that two never both succeed. The record of a
 * process that no longer runs is no obstacle.
 */
export function lockFolder(folder: string, { root, meta }: Tables): FolderLock {
  const owner: Owner = { ...ownIdentity(), instance: randomUUID() }
  const text = JSON.stringify(owner)
  root.transactionSync(() => {
    const current = meta.get(ownerKey)
    const other = current === undefined ? undefined : (JSON.parse(current) as Owner)
    if (other !== undefined && isRunning(other)) throw new StorageLockedError(folder, other.pid)
    meta.putSync(ownerKey, text)
  })
  const isHeld = (): boolean => meta.get(ownerKey) === text
  return {
    isHeld,
    release() {
      root.transactionSync(() => {
        if (isHeld()) meta.removeSync(ownerKey)
      })
    },
  }
}
