import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Change, Expectation, Revision, Storage, TransactionResult, Write } from '../storage.ts'
import { asText, putText, withStorage } from './harness.ts'
import type { StorageUnderTest, TextRecord } from './harness.ts'
import { recordWatch } from './watch-recorder.ts'

/** A transaction as generated: what it expects of a key is relative to what the key is when it is sent. */
interface Plan {
  readonly expected: readonly { readonly key: string; readonly as: 'is' | 'absent' | 'stale' }[]
  readonly writes: readonly { readonly key: string; readonly text?: string | undefined }[]
}

interface Attempt {
  readonly expected: readonly Expectation[]
  readonly writes: readonly Write[]
  readonly result: TransactionResult
}

type State = ReadonlyMap<string, TextRecord>

const anyKey = fc.constantFrom('/p/a', '/p/b', '/p/c', '/p/c/d', '/q/a', '/p')
const anyPlan: fc.Arbitrary<Plan> = fc.record({
  expected: fc.array(fc.record({ key: anyKey, as: fc.constantFrom('is', 'absent', 'stale') }), { maxLength: 2 }),
  writes: fc.uniqueArray(fc.record({ key: anyKey, text: fc.option(fc.string(), { nil: undefined }) }), {
    maxLength: 3,
    selector: ({ key }) => key,
  }),
})

/** Concurrent transactions against a store that is a plain array of states, one for each revision. */
export function modelCases(driver: StorageUnderTest): void {
  test('behaves as a list of states, however transactions are interleaved', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyPlan, { maxLength: 8 }), { maxLength: 8 }), (rounds) =>
        withStorage(driver, async ({ storage }) => {
          const start = await storage.currentRevision()
          const watch = recordWatch(storage, '/p/', start)
          const attempts: Attempt[] = []
          for (const round of rounds) {
            const { items } = await storage.range('/')
            const state = new Map(items.map((item) => [item.key, item.modRevision]))
            attempts.push(...(await Promise.all(round.map((plan) => attempt(storage, plan, state)))))
          }
          const states = replay(attempts, start)
          verifyRefusals(attempts, states)
          await verifyReads(storage, states)
          const end = start + states.size - 1
          expect(await storage.currentRevision()).toBe(end)
          verifyChanges(await watch.reached(end), states, start)
          verifyChanges(await recordWatch(storage, '/p/', start).reached(end), states, start)
        }),
      ),
      { numRuns: 60 },
    )
  })
}

async function attempt(storage: Storage, plan: Plan, state: ReadonlyMap<string, Revision>): Promise<Attempt> {
  const expected = plan.expected.map(({ key, as }) => {
    const actual = state.get(key) ?? 0
    return { key, modRevision: as === 'is' ? actual : as === 'absent' ? 0 : actual + 1000 }
  })
  const writes = plan.writes.map(
    ({ key, text }): Write => (text === undefined ? { type: 'delete', key } : putText(key, text)),
  )
  return { expected, writes, result: await storage.transaction(expected, writes) }
}

function apply(state: State, writes: readonly Write[], revision: Revision): State {
  const next = new Map(state)
  for (const write of writes) {
    if (write.type === 'delete') next.delete(write.key)
    else {
      const createRevision = next.get(write.key)?.createRevision ?? revision
      next.set(write.key, asText({ key: write.key, value: write.value, createRevision, modRevision: revision }))
    }
  }
  return next
}

function holds(state: State | undefined, expected: readonly Expectation[]): boolean {
  return expected.every(({ key, modRevision }) => (state?.get(key)?.modRevision ?? 0) === modRevision)
}

/** How many keys the writes would change. */
function effect(state: State | undefined, { writes }: Attempt): number {
  return writes.filter((write) => write.type === 'put' || state?.has(write.key)).length
}

/**
 * Rebuilds the states from the answers. Of those that name a revision one has made it: the one that changed most, for
 * the others only deleted what it had left nothing of.
 */
function replay(attempts: readonly Attempt[], start: Revision): Map<Revision, State> {
  const states = new Map<Revision, State>([[start, new Map()]])
  const committed = attempts.filter(({ result }) => result.ok)
  const end = Math.max(start, ...committed.map(({ result }) => result.revision))
  for (let revision = start; revision <= end; revision++) {
    const named = committed.filter(({ result }) => result.revision === revision)
    const before = states.get(revision - 1)
    const maker = named.toSorted((a, b) => effect(before, b) - effect(before, a))[0]
    if (revision > start) {
      if (maker === undefined || before === undefined) throw new Error(`nobody made revision ${revision}`)
      expect(effect(before, maker)).toBeGreaterThan(0)
      expect(holds(before, maker.expected)).toBe(true)
      states.set(revision, apply(before, maker.writes, revision))
    }
    const state = states.get(revision)
    for (const other of named) {
      if (revision > start && other === maker) continue
      expect(effect(state, other)).toBe(0)
      expect(holds(state, other.expected)).toBe(true)
    }
  }
  return states
}

function verifyRefusals(attempts: readonly Attempt[], states: ReadonlyMap<Revision, State>): void {
  for (const { result, expected } of attempts) {
    if (result.ok) continue
    const state = states.get(result.revision)
    expect(holds(state, expected)).toBe(false)
    expect(result.current.map((record) => asText(record))).toEqual(expected.map(({ key }) => state?.get(key)))
  }
}

async function verifyReads(storage: Storage, states: ReadonlyMap<Revision, State>): Promise<void> {
  for (const [at, state] of states) {
    const wanted = [...state.values()]
      .filter(({ key }) => key.startsWith('/p/'))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    expect((await storage.range('/p/', { at })).items.map((item) => asText(item))).toEqual(wanted)
    const page = await storage.range('/p/', { at, limit: 1, after: '/p/a' })
    const behind = wanted.filter(({ key }) => key > '/p/a')
    expect(page.items.map((item) => asText(item))).toEqual(behind.slice(0, 1))
    expect(page.remaining).toBe(Math.max(behind.length - 1, 0))
  }
}

function verifyChanges(changes: readonly Change[], states: ReadonlyMap<Revision, State>, start: Revision): void {
  const seen = new Set<string>()
  let last = start
  for (const { revision, key, current, previous } of changes) {
    expect(revision).toBeGreaterThanOrEqual(last)
    expect(seen.has(`${revision} ${key}`)).toBe(false)
    seen.add(`${revision} ${key}`)
    last = revision
    expect(asText(current)).toEqual(states.get(revision)?.get(key))
    expect(asText(previous)).toEqual(states.get(revision - 1)?.get(key))
  }
  const wanted = [...states].flatMap(([revision, state]) => {
    const before = states.get(revision - 1)
    const keys = new Set([...state.keys(), ...(before?.keys() ?? [])])
    return [...keys]
      .filter((key) => key.startsWith('/p/') && state.get(key) !== before?.get(key))
      .map((key) => `${revision} ${key}`)
  })
  expect([...seen].toSorted()).toEqual(wanted.toSorted())
}
