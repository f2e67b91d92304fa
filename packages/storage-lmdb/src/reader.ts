import { CompactedError, compareKeys, FutureRevisionError, rewind, yieldToLoop } from '@fairlead/storage'
import type { Change, KeyValue, RangeOptions, RangeResult, ReplaySlice, Revision, Undo } from '@fairlead/storage'
import { readHead } from './apply-transaction.ts'
import { changeKey, decodeChange, decodeHead, logKey, logRevision } from './records.ts'
import type { Tables } from './tables.ts'

/** Where the store stands. */
export interface ReaderPosition {
  readonly revision: Revision
  readonly floor: Revision
}

/** Reads of now and of the past. Long ones are made in slices and are as of one revision all the same. */
export interface Reader {
  get(key: string, at: Revision | undefined): Promise<{ revision: Revision; item: KeyValue | undefined }>
  range(prefix: string, options: RangeOptions): Promise<RangeResult>
  /** The next slice of the log, of whole transactions. Throws `CompactedError`. */
  readonly replay: (prefix: string, after: Revision) => ReplaySlice
  /** Tells reads that are under way what has changed; to be called before anything else sees it. */
  committed(changes: readonly Change[]): void
}

/* A slice takes a few microseconds an entry and copies values: both are bounded to stay well under 5 ms. */
const sliceEntries = 300
const sliceBytes = 1_048_576
const sliceKeys = 2000
/* A slice of the log is larger than a batch of writes, so that reading it catches up with any writers. */
const sliceChanges = 1000
const sliceChangeBytes = 4_194_304

/** A read under way: what to un-apply to get from what is read to the state at its revision, oldest first. */
interface Rewinding {
  readonly prefix: string
  readonly undos: Undo<KeyValue>[]
}

/** Reads the tables; `position` tells where they stand. */
export function createReader(tables: Tables, position: ReaderPosition): Reader {
  const { heads, log } = tables
  const underWay = new Set<Rewinding>()

  const assertReadable = (at: Revision): void => {
    if (at > position.revision) throw new FutureRevisionError(position.revision)
    if (at < position.floor) throw new CompactedError(position.floor)
  }

  const readLog = (prefix: string, after: Revision, visit: (revision: Revision, bytes: Buffer) => void): Revision => {
    let entries = 0
    let bytes = 0
    let through = after
    for (const { key, value } of log.getRange({ start: logKey(after + 1, 0) })) {
      const revision = logRevision(key)
      if (revision !== through && (entries >= sliceChanges || bytes >= sliceChangeBytes)) return through
      entries++
      bytes += value.byteLength
      through = revision
      if (changeKey(value).startsWith(prefix)) visit(revision, value)
    }
    return position.revision
  }

  /** Everything under the prefix since `at`; whatever is committed later is added until the read is over. */
  const startRewinding = async (prefix: string, at: Revision): Promise<Rewinding> => {
    const rewinding: Rewinding = { prefix, undos: [] }
    for (let through = at; through < position.revision; ) {
      assertReadable(at)
      through = readLog(prefix, through, (revision, bytes) => {
        const { key, previous } = decodeChange(revision, bytes)
        rewinding.undos.push({ key, previous })
      })
      if (through < position.revision) await yieldToLoop()
    }
    underWay.add(rewinding)
    return rewinding
  }

  /** The next slice of newest records in [start, end). */
  const readHeads = (start: Buffer, end: Buffer, limit: number): { items: KeyValue[]; done: boolean } => {
    const items: KeyValue[] = []
    let bytes = 0
    for (const { key, value } of heads.getRange({ start, end })) {
      if (items.length >= limit || bytes >= sliceBytes) return { items, done: false }
      bytes += value.byteLength
      items.push(decodeHead(key.toString(), value).item)
    }
    return { items, done: true }
  }

  const countHeads = async (start: Buffer, end: Buffer): Promise<number> => {
    let total = 0
    for (let next: Buffer | undefined = start; next !== undefined; ) {
      let last: Buffer | undefined
      let count = 0
      for (const key of heads.getKeys({ start: next, end, limit: sliceKeys })) {
        last = key
        count++
      }
      total += count
      next = count === sliceKeys && last !== undefined ? behind(last) : undefined
      if (next !== undefined) await yieldToLoop()
    }
    return total
  }

  /** How many keys followed `last` at the revision of the read. Changes made while it counts may be counted or not. */
  const countRemaining = async (last: string, end: Buffer, { undos }: Rewinding): Promise<number> => {
    const now = await countHeads(behind(Buffer.from(last)), end)
    const before = new Map<string, boolean>()
    for (const { key, previous } of undos) {
      if (compareKeys(key, last) > 0 && !before.has(key)) before.set(key, previous !== undefined)
    }
    let difference = 0
    for (const [key, existed] of before) {
      difference += Number(existed) - Number(heads.doesExist(Buffer.from(key)))
    }
    return now + difference
  }

  const readPage = async (
    { prefix, after, limit = 0 }: RangeOptions & { readonly prefix: string },
    rewinding: Rewinding,
  ): Promise<Omit<RangeResult, 'revision'>> => {
    const end = prefixEnd(prefix)
    let start = after === undefined || compareKeys(after, prefix) < 0 ? Buffer.from(prefix) : behind(Buffer.from(after))
    const newest: KeyValue[] = []
    for (;;) {
      const wanted = limit > 0 ? Math.min(limit + 1, sliceEntries) : sliceEntries
      const { items, done } = Buffer.compare(start, end) < 0 ? readHeads(start, end, wanted) : { items: [], done: true }
      newest.push(...items)
      const last = newest.at(-1)?.key
      if (done || (limit > 0 && newest.length >= limit)) {
        // Behind what has been read, the past is not complete yet.
        const known = rewinding.undos.filter(
          ({ key }) =>
            (after === undefined || compareKeys(key, after) > 0) && (done || compareKeys(key, last ?? prefix) <= 0),
        )
        const page = rewind(newest, known)
        if (done || page.length >= limit) return finishPage(page, { limit, done, end, rewinding })
      }
      if (last !== undefined) start = behind(Buffer.from(last))
      await yieldToLoop()
    }
  }

  const finishPage = async (
    read: readonly KeyValue[],
    { limit, done, end, rewinding }: { limit: number; done: boolean; end: Buffer; rewinding: Rewinding },
  ): Promise<Omit<RangeResult, 'revision'>> => {
    const items = limit > 0 ? read.slice(0, limit) : read
    if (done) return { items, remaining: read.length - items.length }
    const last = items.at(-1)?.key ?? ''
    return { items, remaining: await countRemaining(last, end, rewinding) }
  }

  return {
    async get(key, at) {
      if (at === undefined) return { revision: position.revision, item: readHead(tables, key)?.item }
      assertReadable(at)
      const newest = readHead(tables, key)?.item
      if (newest !== undefined && newest.modRevision <= at) return { revision: at, item: newest }
      const rewinding = await startRewinding(key, at)
      underWay.delete(rewinding)
      const undo = rewinding.undos.find((candidate) => candidate.key === key)
      return { revision: at, item: undo === undefined ? readHead(tables, key)?.item : undo.previous }
    },
    async range(prefix, options) {
      const revision = options.at ?? position.revision
      assertReadable(revision)
      const rewinding = await startRewinding(prefix, revision)
      try {
        return { revision, ...(await readPage({ ...options, prefix }, rewinding)) }
      } finally {
        underWay.delete(rewinding)
      }
    },
    replay(prefix, after) {
      if (after < position.floor) throw new CompactedError(position.floor)
      const changes: Change[] = []
      const through = readLog(prefix, after, (revision, bytes) => changes.push(decodeChange(revision, bytes)))
      return { changes, through }
    },
    committed(changes) {
      for (const { prefix, undos } of underWay) {
        undos.push(...changes.filter(({ key }) => key.startsWith(prefix)))
      }
    },
  }
}

/** The first key behind this one. */
function behind(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.from([0])])
}

/** UTF-8 has no byte of 255, so this is behind every key with the prefix. */
function prefixEnd(prefix: string): Buffer {
  return Buffer.concat([Buffer.from(prefix), Buffer.from([255])])
}
