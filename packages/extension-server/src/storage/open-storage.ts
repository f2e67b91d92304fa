import { createMemoryStorage, type Storage } from '@fairlead/storage'

/** `memory`, `lmdb:FOLDER`, or a store that is open already. */
export type StorageChoice = 'memory' | `lmdb:${string}` | Storage

/** Opens a store. Throws a `TypeError` for a text that names none; the durable driver is loaded only when it is wanted. */
export async function openStorage(choice: StorageChoice): Promise<Storage> {
  if (typeof choice !== 'string') return choice
  if (choice === 'memory') return createMemoryStorage()
  const folder = choice.startsWith('lmdb:') ? choice.slice('lmdb:'.length) : ''
  if (folder === '') throw new TypeError(`storage "${choice}": give "memory", "lmdb:FOLDER" or a Storage`)
  const { openLmdbStorage } = await import('@fairlead/storage-lmdb')
  return openLmdbStorage({ folder })
}
