export { StorageLockedError } from './folder-lock.ts'
export { openLmdbStorage } from './lmdb-storage.ts'
export type { LmdbStorageOptions } from './lmdb-storage.ts'
export { StorageFormatError } from './store-state.ts'
