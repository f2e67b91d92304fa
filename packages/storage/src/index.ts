export { checkWrites, maxKeyBytes, maxValueBytes } from './driver/check-transaction.ts'
export { systemStorageClock, yieldToLoop } from './driver/clock.ts'
export type { StorageClock } from './driver/clock.ts'
export { createExpirySweep } from './driver/expiry-sweep.ts'
export type { ExpiredKey, ExpirySource, ExpirySweep } from './driver/expiry-sweep.ts'
export { compareKeys } from './driver/key-order.ts'
export { rewind } from './driver/rewind.ts'
export type { Undo } from './driver/rewind.ts'
export { createWatchHub } from './driver/watch-hub.ts'
export type { ReplaySlice, WatchHub, WatchHubSource } from './driver/watch-hub.ts'
export { createMemoryStorage } from './memory/memory-storage.ts'
export type { MemoryStorageOptions } from './memory/memory-storage.ts'
export type {
  Change,
  Expectation,
  KeyValue,
  RangeOptions,
  RangeResult,
  Revision,
  Storage,
  StorageWatch,
  TransactionResult,
  WatchHandler,
  Write,
} from './storage.ts'
export {
  CompactedError,
  FutureRevisionError,
  StorageClosedError,
  StorageFailedError,
  ValueTooLargeError,
} from './storage.ts'
export { CacheNotReadyError } from './watch-cache/contract.ts'
export type {
  CacheChange,
  CacheListOptions,
  CacheSnapshot,
  CacheWatchOptions,
  WatchCache,
  WatchCacheAdapter,
} from './watch-cache/contract.ts'
export { createWatchCache } from './watch-cache/watch-cache.ts'
export type { WatchCacheOptions } from './watch-cache/watch-cache.ts'
