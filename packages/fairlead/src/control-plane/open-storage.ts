import { join } from 'node:path'
import type { Clock } from '@fairlead/apimachinery'
import { createMemoryStorage, type Storage } from '@fairlead/storage'
import type { ControlPlaneOptions } from './options.ts'

/** Opens the store that the options name. The durable driver is loaded only when it is wanted. */
export async function openStorage({ storage, dataDir }: ControlPlaneOptions): Promise<Storage> {
  if (storage === 'memory') return createMemoryStorage()
  const { openLmdbStorage } = await import('@fairlead/storage-lmdb')
  return openLmdbStorage({ folder: join(dataDir, 'storage') })
}

/**
 * Forgets history once an interval, up to the revision that was the newest one interval before: what happened is kept for
 * one to two intervals (upstream: etcd compaction interval). Returns how to stop.
 */
export function compactPeriodically(
  storage: Storage,
  options: { readonly clock: Clock; readonly interval: number; onError(error: unknown): void },
): () => void {
  if (options.interval === 0) return () => {}
  let previous: number | undefined
  let cancel = options.clock.after(options.interval, tick)
  function tick(): void {
    const before = previous
    storage
      .currentRevision()
      .then(async (revision) => {
        if (before !== undefined) await storage.compact(before)
        previous = revision
      })
      .catch(options.onError)
    cancel = options.clock.after(options.interval, tick)
  }
  return () => cancel()
}
