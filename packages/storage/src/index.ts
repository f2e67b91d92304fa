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
export { CompactedError, FutureRevisionError, ValueTooLargeError } from './storage.ts'
export type {
  CacheChange,
  CacheListOptions,
  CacheSnapshot,
  CacheWatchOptions,
  WatchCache,
  WatchCacheAdapter,
} from './watch-cache/contract.ts'
