import type { Change, Expectation, KeyValue, Revision, Write } from '@fairlead/storage'
import { deadlineKey, decodeHead, encodeChange, encodeHead, logKey } from './records.ts'
import type { Head } from './records.ts'
import type { Tables } from './tables.ts'

const noValue = Buffer.from([0])

/** The newest record of a key. */
export function readHead({ heads }: Tables, key: string): Head | undefined {
  const bytes = heads.getBinary(Buffer.from(key))
  return bytes === undefined ? undefined : decodeHead(key, bytes)
}

/** What is there for each expectation, or undefined when all of them hold. Within a write transaction. */
export function refusal(
  tables: Tables,
  expected: readonly Expectation[],
): readonly (KeyValue | undefined)[] | undefined {
  const current = expected.map(({ key }) => readHead(tables, key)?.item)
  const holds = expected.every(({ modRevision }, index) => (current[index]?.modRevision ?? 0) === modRevision)
  return holds ? undefined : current
}

/** The changes that were made, and what they added to the log. */
export interface Applied {
  readonly changes: readonly Change[]
  readonly logBytes: number
}

/** Writes as one revision at the time `now`. Within a write transaction. */
export function applyWrites(
  tables: Tables,
  writes: readonly Write[],
  { revision, now }: { readonly revision: Revision; readonly now: number },
): Applied {
  const changes: Change[] = []
  let logBytes = 0
  for (const write of writes) {
    const change = applyWrite(tables, write, revision, now)
    if (change === undefined) continue
    const entry = encodeChange(change)
    tables.log.putSync(logKey(revision, changes.length), entry)
    logBytes += entry.byteLength
    changes.push(change)
  }
  return { changes, logBytes }
}

function applyWrite(tables: Tables, write: Write, revision: Revision, now: number): Change | undefined {
  const { key } = write
  const before = readHead(tables, key)
  const previous = before && { previous: before.item }
  if (before !== undefined && before.deadline > 0) tables.deadlines.removeSync(deadlineKey(before.deadline, key))
  if (write.type === 'delete') {
    if (before === undefined) return undefined
    tables.heads.removeSync(Buffer.from(key))
    return { revision, key, ...previous }
  }
  const createRevision = before?.item.createRevision ?? revision
  const current = { key, value: write.value, createRevision, modRevision: revision }
  const deadline = write.ttlSeconds === undefined ? 0 : now + write.ttlSeconds * 1000
  tables.heads.putSync(Buffer.from(key), encodeHead({ item: current, deadline }))
  if (deadline > 0) tables.deadlines.putSync(deadlineKey(deadline, key), noValue)
  return { revision, key, current, ...previous }
}
