import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createExpirySweep, createWatchHub, StorageClosedError, systemStorageClock } from '@fairlead/storage'
import type { Storage, StorageClock } from '@fairlead/storage'
import { readHead } from './apply-transaction.ts'
import { lockFolder } from './folder-lock.ts'
import type { FolderLock } from './folder-lock.ts'
import { createReader } from './reader.ts'
import { decodeDeadlineKey } from './records.ts'
import { readState } from './store-state.ts'
import type { StoreState } from './store-state.ts'
import { dataFile, openTables } from './tables.ts'
import type { Tables } from './tables.ts'
import { createWriter } from './writer.ts'

/** Where the data lies and how much of the past is kept. */
export interface LmdbStorageOptions {
  /** Created, readable by its owner only, when it is absent. */
  readonly folder: string
  readonly clock?: StorageClock
  /** The most changes kept for reads and watches of the past; 100,000 unless told. */
  readonly historyLimit?: number
  /** The most bytes of such changes, with the records before and after; 256 MiB unless told. */
  readonly historyBytes?: number
}

/**
 * Opens a durable store. One process at a time has a folder open. A transaction is answered when it is flushed; those
 * submitted together are flushed together.
 * @throws StorageLockedError when another store has the folder open.
 * @throws StorageFormatError when the folder has another layout.
 * @throws StorageDamagedError when the folder's data file is not one, or has lost its end.
 */
export async function openLmdbStorage(options: LmdbStorageOptions): Promise<Storage> {
  const folder = resolve(options.folder)
  const tables = await openTables(folder)
  try {
    const lock = lockFolder(folder, tables)
    try {
      return createLmdbStorage({ ...options, folder }, { tables, lock, state: readState(folder, tables) })
    } catch (error) {
      lock.release()
      throw error
    }
  } catch (error) {
    await tables.root.close()
    throw error
  }
}

function createLmdbStorage(
  options: LmdbStorageOptions,
  { tables, lock, state }: { readonly tables: Tables; readonly lock: FolderLock; readonly state: StoreState },
): Storage {
  const { folder, clock = systemStorageClock, historyLimit = 100_000, historyBytes = 268_435_456 } = options
  const { root, deadlines } = tables
  let closing: Promise<void> | undefined

  const assertOpen = (): void => {
    if (closing !== undefined) throw new StorageClosedError()
  }

  const earliestDeadline = (): number | undefined => {
    for (const key of deadlines.getKeys({ limit: 1 })) return decodeDeadlineKey(key).deadline
    return undefined
  }

  const writer = createWriter({
    tables,
    lock,
    folder,
    state,
    bounds: { count: historyLimit, bytes: historyBytes },
    now: () => clock.now(),
    onCommit(changes, revision) {
      reader.committed(changes)
      hub.publish(changes, revision)
      const deadline = earliestDeadline()
      if (deadline !== undefined) sweep.expect(deadline)
    },
  })
  const reader = createReader(tables, writer)
  const hub = createWatchHub({ revision: () => writer.revision, replay: reader.replay })
  const sweep = createExpirySweep({
    clock,
    earliest: earliestDeadline,
    expired(now, limit) {
      const due = [...deadlines.getKeys({ limit })].map((key) => decodeDeadlineKey(key))
      return due
        .filter(({ deadline }) => deadline <= now)
        .map(({ key }) => ({ key, modRevision: readHead(tables, key)?.item.modRevision ?? 0 }))
    },
    transaction: writer.transaction,
  })

  const close = async (): Promise<void> => {
    sweep.close()
    await writer.close()
    hub.end(new StorageClosedError())
    try {
      // After a failed commit the disk is not to be trusted with another; the end of the process frees the folder too.
      if (!writer.failed) lock.release()
    } finally {
      await root.close()
    }
  }

  return {
    async get(key, { at } = {}) {
      assertOpen()
      return reader.get(key, at)
    },
    async range(prefix, rangeOptions = {}) {
      assertOpen()
      return reader.range(prefix, rangeOptions)
    },
    transaction: writer.transaction,
    watch(prefix, from, handler) {
      assertOpen()
      return hub.watch(prefix, from, handler)
    },
    async currentRevision() {
      assertOpen()
      return writer.revision
    },
    compact: writer.compact,
    async size() {
      return (await stat(dataFile(folder))).size
    },
    async health() {
      writer.assertHealthy()
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}
