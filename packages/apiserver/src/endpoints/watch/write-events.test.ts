import { describe, expect, test } from 'vitest'
import { AbortSource } from '../../request/abort-source.ts'
import type { ByteSink } from '../../request/api-response.ts'
import type { WatchEvent } from '../../registry/rest/capabilities.ts'
import { createEventQueue } from './event-queue.ts'
import { writeEvents } from './write-events.ts'

const bookmark = (revision: number): WatchEvent => ({ type: 'BOOKMARK', revision, initialEventsEnd: false })

/** A change whose object has so many bytes. */
function change(length: number): WatchEvent {
  const object = { revision: 1, bytes: new Uint8Array(length), labels: {}, fields: {}, object: () => ({}) as never }
  return { type: 'ADDED', object, source: { revision: 1, encoded: new Map() } } as WatchEvent
}

/** A sink that takes one chunk and is full from then on. */
function stuckSink(): ByteSink & { readonly taken: Uint8Array[] } {
  const taken: Uint8Array[] = []
  return {
    taken,
    write: (chunk) => {
      taken.push(chunk)
      return false
    },
    drained: () => new Promise(() => {}),
    buffered: 0,
    signal: new AbortSource().signal,
  }
}

describe('a client that has stopped reading', () => {
  test('is broken off when more waits for it than the limit', async () => {
    const overflows: number[] = []
    const queue = createEventQueue(100, () => overflows.push(1))
    const sink = stuckSink()
    const writing = writeEvents(queue, () => new Uint8Array(1), sink)
    queue.push([change(60)])
    await expect.poll(() => sink.taken.length).toBe(1)
    queue.push([change(60)])
    expect(queue.overflowed).toBe(false)
    queue.push([change(60), bookmark(5)])
    expect(queue.overflowed).toBe(true)
    await expect(writing).rejects.toThrow('the client of a watch reads too slowly')
    expect(overflows).toEqual([1])
    expect(queue.shift()).toBeUndefined()
    expect(sink.taken).toHaveLength(1)
  })

  test('is broken off too when the limit is passed before anything was written', async () => {
    const queue = createEventQueue(100, () => undefined)
    const sink = stuckSink()
    const writing = writeEvents(queue, () => new Uint8Array(1), sink)
    queue.push([change(101)])
    await expect(writing).rejects.toThrow('the client of a watch reads too slowly')
    expect(sink.taken).toEqual([])
  })
})
