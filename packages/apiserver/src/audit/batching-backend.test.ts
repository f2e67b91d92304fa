import { createManualClock, type ManualClock } from '@fairlead/storage/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import type { AuditBackend } from './audit-backend.ts'
import { type BatchOptions, batchingBackend } from './batching-backend.ts'
import type { AuditEvent } from './event.ts'
import { testEvent } from './testing/event.ts'
import { truncatingBackend } from './truncating-backend.ts'

let clock: ManualClock
let batches: string[]
let lost: string[]

beforeEach(() => {
  clock = createManualClock()
  batches = []
  lost = []
})

const report = (plugin: string, error: unknown, events: readonly AuditEvent[]) =>
  lost.push(`${plugin}: ${(error as Error).message}: ${ids(events)}`)
const ids = (events: readonly AuditEvent[]) => events.map(({ request }) => request.auditId).join('')
const event = (auditId: string) => testEvent({ request: { auditId } })
const recording: AuditBackend = {
  process(events) {
    batches.push(ids(events))
    return true
  },
  close: () => Promise.resolve(),
}
const batching = (options: Partial<BatchOptions> = {}, backend = recording) =>
  batchingBackend(backend, {
    bufferSize: 100,
    maxBatchSize: 3,
    maxBatchWait: 1000,
    concurrent: true,
    clock,
    report,
    ...options,
  })
/** Lets everything run that waits for nothing but its turn. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

async function send(backend: AuditBackend, text: string): Promise<void> {
  for (const id of text) expect(backend.process([event(id)])).toBe(true)
  await settle()
}

describe('batches', () => {
  test('go out when they are full, or when they have waited long enough', async () => {
    const backend = batching()
    await send(backend, 'abcdefg')
    expect(batches).toEqual(['abc', 'def'])
    clock.advance(999)
    await settle()
    expect(batches).toHaveLength(2)
    clock.advance(1)
    await settle()
    expect(batches).toEqual(['abc', 'def', 'g'])
    await send(backend, 'h')
    clock.advance(1000)
    await settle()
    expect(batches.at(-1)).toBe('h')
  })

  test('go out at the end, and nothing after it', async () => {
    const backend = batching()
    await send(backend, 'ab')
    await backend.close()
    expect(batches).toEqual(['ab'])
    await send(backend, 'c')
    expect(lost).toEqual(['buffered: audit backend shut down: c'])
  })

  test('keep to their rate', async () => {
    const backend = batching({ maxBatchSize: 1, throttle: { qps: 2, burst: 3 } })
    await send(backend, 'abcdef')
    expect(batches).toEqual(['a', 'b', 'c'])
    clock.advance(500)
    await settle()
    expect(batches).toHaveLength(4)
    clock.advance(500)
    await settle()
    expect(batches).toHaveLength(5)
    clock.advance(10_000)
    await settle()
    await send(backend, 'ghijk')
    expect(batches).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'])
  })

  test.each([
    [true, 2],
    [false, 1],
  ])('concurrent: %s', async (concurrent, underWay) => {
    const open: (() => void)[] = []
    const slow: AuditBackend = {
      process: () => new Promise((resolve) => open.push(() => resolve(true))),
      close: () => Promise.resolve(),
    }
    const backend = batching({ concurrent, maxBatchSize: 1 }, slow)
    await send(backend, 'ab')
    expect(open).toHaveLength(underWay)
    const closed = backend.close()
    while (open.length > 0) {
      open.pop()?.()
      await settle()
    }
    await closed
  })

  test('take everything along where that makes no difference', async () => {
    const backend = batching({ maxBatchSize: 1, takesAll: true, concurrent: false })
    await send(backend, 'abcde')
    expect(batches).toEqual(['abcde'])
    await backend.close()
  })

  test('more than may wait is lost and told', async () => {
    const backend = batching({ bufferSize: 2 })
    expect(backend.process([event('a'), event('b'), event('c')])).toBe(true)
    expect(lost).toEqual(['buffered: audit buffer queue blocked: c'])
  })
})

describe('truncation', () => {
  const body = JSON.stringify({ text: 'x'.repeat(1000) })
  const seen: AuditEvent[][] = []
  const collecting: AuditBackend = {
    process(events) {
      seen.push([...events])
      return events[0]?.request.auditId !== 'refused'
    },
    close: () => Promise.resolve(),
  }
  const limits = { maxEventSize: 900, maxBatchSize: 1200, report }
  const large = (auditId: string) =>
    testEvent({ request: { auditId, level: 'RequestResponse' }, requestObject: body, responseObject: body })

  test('takes bodies out, splits, and drops what is still too large', () => {
    const backend = truncatingBackend(collecting, limits)
    const huge = testEvent({ request: { auditId: 'huge', requestUri: `/${'x'.repeat(1000)}` } })
    expect(backend.process([large('a'), event('b'), huge, event('c'), event('d'), event('e')])).toBe(true)
    expect(seen.map(ids)).toEqual(['abc', 'de'])
    const [first] = seen[0] ?? []
    expect(first).toMatchObject({ requestObject: undefined, responseObject: undefined })
    expect(first?.annotations.get('audit.k8s.io/truncated')).toBe('true')
    expect(lost).toEqual(['truncate: event is too large even after truncating: huge'])
    expect(backend.process([event('refused')])).toBe(false)
  })
})
