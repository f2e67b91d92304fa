import type { Expectation, KeyValue, Revision, Storage, Write } from '../storage.ts'
import { createManualClock } from './manual-clock.ts'
import type { ManualClock } from './manual-clock.ts'
import { decodeText, encodeText } from './text.ts'

/** What the conformance suite tests. */
export interface StorageUnderTest {
  /** Names the driver in test titles. */
  readonly name: string
  /** A fresh, empty store. The suite closes it. */
  open(options: { readonly clock: ManualClock }): Promise<Storage>
  /** Opens the data of a store that the suite has closed. Absent for a driver that keeps nothing. */
  readonly reopen?: (closed: Storage, options: { readonly clock: ManualClock }) => Promise<Storage>
}

/** One test's store, and short forms for using it. */
export interface Bench {
  readonly storage: Storage
  readonly clock: ManualClock
  /** Commits unconditionally and answers the revision. */
  readonly put: (key: string, value: string, ttlSeconds?: number) => Promise<Revision>
  readonly delete: (key: string) => Promise<Revision>
  readonly commit: (expected: readonly Expectation[], writes: readonly Write[]) => Promise<Revision>
}

/** A put of text. */
export function putText(key: string, value: string, ttlSeconds?: number): Write {
  return { type: 'put', key, value: encodeText(value), ...(ttlSeconds !== undefined && { ttlSeconds }) }
}

/** A record with its value as text. */
export interface TextRecord {
  readonly key: string
  readonly text: string
  readonly createRevision: Revision
  readonly modRevision: Revision
}

/** A record with its value as text, to compare and to print. */
export function asText(record: KeyValue): TextRecord
export function asText(record: KeyValue | undefined): TextRecord | undefined
export function asText(record: KeyValue | undefined): TextRecord | undefined {
  if (record === undefined) return undefined
  const { key, value, createRevision, modRevision } = record
  return { key, text: decodeText(value), createRevision, modRevision }
}

/** Opens a store, runs the test with it and closes it, also when the test fails. */
export async function withStorage(driver: StorageUnderTest, test: (bench: Bench) => Promise<void>): Promise<void> {
  const clock = createManualClock()
  const storage = await driver.open({ clock })
  try {
    await test(createBench(storage, clock))
  } finally {
    await storage.close()
  }
}

/** Short forms for a store. */
export function createBench(storage: Storage, clock: ManualClock): Bench {
  const commit: Bench['commit'] = async (expected, writes) => {
    const result = await storage.transaction(expected, writes)
    if (!result.ok) throw new Error(`the transaction was refused at revision ${result.revision}`)
    return result.revision
  }
  return {
    storage,
    clock,
    commit,
    put: (key, value, ttlSeconds) => commit([], [putText(key, value, ttlSeconds)]),
    delete: (key) => commit([], [{ type: 'delete', key }]),
  }
}
