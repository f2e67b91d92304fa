import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '@fairlead/apimachinery'
import { createClient, createInformer, type Informer, type InformerHandler } from '@fairlead/client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FaultyServer, type ModelObject, type WatchListMode } from './faulty-server.ts'

/** A clock whose time of day jumps while its timers go on. */
class JumpingClock implements Clock {
  readonly timers = new Set<{ left: number; readonly callback: () => void }>()
  #time = 1_700_000_000_000

  now(): number {
    return this.#time
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { left: ms, callback }
    this.timers.add(timer)
    return () => this.timers.delete(timer)
  }

  jump(ms: number): void {
    this.#time += ms
  }

  pass(ms: number): void {
    this.#time += ms
    const now = [...this.timers]
    for (const timer of now) {
      timer.left -= ms
      if (timer.left > 0 || !this.timers.delete(timer)) continue
      timer.callback()
    }
  }
}

/** What one handler has been told, checked against what it was told before. */
class Witness implements InformerHandler<ModelObject> {
  readonly seen = new Map<string, ModelObject>()
  readonly unknownFinalStates: string[] = []
  readonly #turns: number

  /** `turns`: how long each call takes. */
  constructor(turns: number) {
    this.#turns = turns
  }

  async add(object: ModelObject): Promise<void> {
    expect(this.seen.get(object.metadata.name)).toBeUndefined()
    this.seen.set(object.metadata.name, object)
    await this.#work()
  }

  async update(before: ModelObject, after: ModelObject): Promise<void> {
    expect(this.seen.get(before.metadata.name)).toBe(before)
    expect(after.metadata.uid).toBe(before.metadata.uid)
    expect(Number(after.metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion))
    this.seen.set(after.metadata.name, after)
    await this.#work()
  }

  async delete(object: ModelObject, finalStateUnknown: boolean): Promise<void> {
    expect(this.seen.get(object.metadata.name)?.metadata.uid).toBe(object.metadata.uid)
    this.seen.delete(object.metadata.name)
    if (finalStateUnknown) this.unknownFinalStates.push(object.metadata.name)
    await this.#work()
  }

  async #work(): Promise<void> {
    for (let left = this.#turns; left > 0; left -= 1) await turn()
  }
}

class Run {
  readonly server: FaultyServer
  readonly clock = new JumpingClock()
  readonly ending = new AbortController()
  readonly witnesses = [new Witness(0), new Witness(7)]
  readonly errors: unknown[] = []
  readonly informer: Informer<ModelObject>
  readonly #running: Promise<void>

  constructor(watchList: WatchListMode, random: () => number = () => 0.5) {
    this.server = new FaultyServer(watchList)
    const client = createClient(this.server.transport, { clock: this.clock, random, maxRetries: 2 })
    this.informer = createInformer<ModelObject>({
      source: client.resource<ModelObject>('v1', 'things'),
      times: client.times,
      freeze: true,
      onError: (error) => this.errors.push(error),
    })
    for (const witness of this.witnesses) this.informer.addHandler(witness)
    this.#running = this.informer.run(this.ending.signal)
  }

  async pass(turns: number, ms = 400): Promise<void> {
    for (let left = turns; left > 0; left -= 1) {
      await turn()
      this.clock.pass(ms)
    }
  }

  /** Whether everybody knows what the server has. */
  get agrees(): boolean {
    const there = [...this.server.objects.values()].map(identity).toSorted()
    const isSame = (known: readonly ModelObject[]): boolean =>
      JSON.stringify(known.map(identity).toSorted()) === JSON.stringify(there)
    return (
      this.informer.hasSynced &&
      isSame(this.informer.store.list()) &&
      this.witnesses.every(({ seen }) => isSame([...seen.values()]))
    )
  }

  async settle(): Promise<void> {
    this.server.failingLists = 0
    this.server.release()
    for (let left = 400; left > 0 && !this.agrees; left -= 1) await this.pass(10)
    const there = [...this.server.objects.values()]
    expect(this.informer.store.list().map(identity).toSorted()).toEqual(there.map(identity).toSorted())
    expect(this.agrees).toBe(true)
  }

  async stop(): Promise<void> {
    this.ending.abort()
    await this.#running
    await turn()
    expect(this.clock.timers.size).toBe(0)
    expect(this.server.watches.size).toBe(0)
    expect(getEventListeners(this.ending.signal, 'abort')).toEqual([])
    for (const error of this.errors) expect(error).not.toMatchObject({ name: 'AssertionError' })
  }
}

const identity = ({ metadata, value }: ModelObject): string =>
  [metadata.name, metadata.uid, metadata.resourceVersion, value].join(' ')

const name = fc.constantFrom('a', 'b', 'c', 'd')
type Step = (run: Run) => void | Promise<void>
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(name, fc.nat(9)).map(
      ([key, n]): Step =>
        (run) =>
          run.server.write(key, n),
    ),
  },
  {
    weight: 3,
    arbitrary: name.map(
      (key): Step =>
        (run) =>
          run.server.delete(key),
    ),
  },
  {
    weight: 2,
    arbitrary: name.map(
      (key): Step =>
        ({ server }) => {
          server.delete(key)
          server.write(key, 99)
        },
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom('end' as const, 'cut' as const, 'expired' as const, 'failed' as const).map(
      (how): Step =>
        (run) =>
          run.server.endWatches(how),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Step>((run) => run.server.compact()) },
  { weight: 1, arbitrary: fc.constant<Step>((run) => run.server.bookmark()) },
  {
    weight: 1,
    arbitrary: fc.nat(6).map(
      (count): Step =>
        (run) =>
          void (run.server.failingLists = count),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((run) => void (run.server.holding = true)) },
  { weight: 1, arbitrary: fc.constant<Step>((run) => run.server.release()) },
  {
    weight: 1,
    arbitrary: fc.boolean().map(
      (on): Step =>
        (run) =>
          void (run.server.doubling = on),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: -1e8, max: 1e8 }).map(
      (ms): Step =>
        (run) =>
          run.clock.jump(ms),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.integer({ min: 1, max: 20 }).map(
      (turns): Step =>
        (run) =>
          run.pass(turns),
    ),
  },
)

describe('an informer under faults', () => {
  test.each<WatchListMode>(['yes', 'refuses', 'ignores'])(
    'ends equal to the server, its handlers too, and leaves nothing behind (WatchList: %s)',
    async (watchList) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
          const run = new Run(watchList)
          for (const act of steps) await act(run)
          await run.settle()
          await run.stop()
        }),
        { numRuns: 120 },
      )
    },
  )

  test('can be stopped at any moment', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const run = new Run('yes')
        for (const act of steps) await act(run)
        await run.stop()
      }),
      { numRuns: 120 },
    )
  })

  test('tells of deletions that nobody saw', async () => {
    const run = new Run('yes')
    run.server.write('a', 1)
    run.server.write('b', 1)
    await run.settle()
    run.server.holding = true
    run.server.endWatches('cut')
    run.server.delete('a')
    run.server.compact()
    await run.settle()
    for (const { unknownFinalStates } of run.witnesses) expect(unknownFinalStates).toEqual(['a'])
    await run.stop()
  })

  test('has no more timers and listeners after 10,000 connections than after one', async () => {
    const run = new Run('yes')
    run.server.write('a', 0)
    await run.settle()
    const listeners = getEventListeners(run.ending.signal, 'abort').length
    for (let round = 0; run.server.connections < 10_000; round += 1) {
      run.server.write('a', round)
      run.server.endWatches(round % 2 === 0 ? 'cut' : 'end')
      await run.pass(4, 20_000)
      expect(run.clock.timers.size).toBeLessThanOrEqual(1)
      expect(run.server.watches.size).toBeLessThanOrEqual(1)
      expect(getEventListeners(run.ending.signal, 'abort').length).toBeLessThanOrEqual(listeners + 2)
    }
    await run.settle()
    await run.stop()
  })
})
