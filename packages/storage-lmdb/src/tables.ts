import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database, RootDatabase } from 'lmdb'
import { checkDataFile } from './check-data-file.ts'

/** The parts of the store. Reads outside of a transaction see the newest commit; inside, what the transaction wrote. */
export interface Tables {
  readonly root: RootDatabase
  /** Key to newest record. */
  readonly heads: Database<Buffer, Buffer>
  /** Revision to change, for reads and watches of the past. */
  readonly log: Database<Buffer, Buffer>
  /** Deadline and key, for what expires. */
  readonly deadlines: Database<Buffer, Buffer>
  /** JSON texts: the format, revision and floor under `state`, and who has the folder open. */
  readonly meta: Database<string, string>
  /** What a transaction returns to leave everything as it was. */
  readonly abort: unknown
}

/** The file that holds everything, for its size. */
export function dataFile(folder: string): string {
  return join(folder, 'data.mdb')
}

/**
 * Opens the tables in a folder, which is created for its owner only, as are the files. Loads the engine.
 * @throws StorageDamagedError when what lies there is no data file.
 */
export async function openTables(folder: string): Promise<Tables> {
  const { open: openEnvironment, ABORT } = await import('lmdb')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const file of [dataFile(folder), join(folder, 'lock.mdb')]) await (await open(file, 'a', 0o600)).close()
  await checkDataFile(dataFile(folder))
  await syncFolder(folder)
  // With overlapping sync a commit would return before it is flushed.
  const root = openEnvironment({ path: folder, noSubdir: false, overlappingSync: false, maxDbs: 8 })
  const binary = { encoding: 'binary', keyEncoding: 'binary' } as const
  return {
    root,
    heads: root.openDB<Buffer, Buffer>('heads', binary),
    log: root.openDB<Buffer, Buffer>('log', binary),
    deadlines: root.openDB<Buffer, Buffer>('deadlines', binary),
    meta: root.openDB<string, string>('meta', { encoding: 'string' }),
    abort: ABORT,
  }
}

/** Makes the names of new files durable. Windows has no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
