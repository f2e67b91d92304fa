import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { ByteSink } from '../request/api-response.ts'
import { throughGzip } from './gzip.ts'
import { collectPieces, pieceWriter } from './stream-pieces.ts'

/** A sink whose client takes nothing until it is told to. */
function createSlowSink() {
  const abort = new AbortController()
  const chunks: Uint8Array[] = []
  let release: (() => void) | undefined
  const sink: ByteSink = {
    write(chunk) {
      chunks.push(chunk)
      return false
    },
    drained: () =>
      new Promise((resolve) => {
        release = resolve
        if (abort.signal.aborted) resolve()
      }),
    get buffered() {
      return chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    },
    signal: abort.signal,
  }
  return {
    sink,
    chunks,
    abort: () => {
      abort.abort()
      release?.()
    },
    /** Lets the client take everything; false when nobody waits for it. */
    async drain(): Promise<boolean> {
      await new Promise((resolve) => setImmediate(resolve))
      if (release === undefined) return false
      const resolve = release
      release = undefined
      resolve()
      return true
    },
  }
}

function* piecesOf(count: number, size: number): Generator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield Buffer.alloc(size, index % 256)
}

describe('pieces', () => {
  test.each([
    [0, 10],
    [3, 10],
    [100, 1000],
    [5, 200_000],
    [1000, 1],
  ])('%i of %i bytes come out whole and in order', async (count, size) => {
    const slow = createSlowSink()
    let done = false
    const writing = pieceWriter(collectPieces(piecesOf(count, size), 5000))(slow.sink).then(() => {
      done = true
    })
    while (!done) await slow.drain()
    await writing
    expect(Buffer.concat(slow.chunks).equals(Buffer.concat([...piecesOf(count, size)]))).toBe(true)
  })

  test('few pieces are collected whole, many are not', () => {
    expect(collectPieces(piecesOf(3, 10), 100)).toMatchObject({ rest: undefined })
    expect(collectPieces(piecesOf(30, 10), 100).rest).toBeDefined()
  })

  test('no more is made than the client takes', async () => {
    let made = 0
    function* counted(): Generator<Uint8Array> {
      for (const piece of piecesOf(10_000, 1000)) {
        made += 1
        yield piece
      }
    }
    const slow = createSlowSink()
    const writing = pieceWriter(collectPieces(counted(), 1000))(slow.sink)
    await slow.drain()
    await slow.drain()
    expect(made).toBeLessThan(300)
    slow.abort()
    await writing
    expect(made).toBeLessThan(300)
  })

  test('through gzip', async () => {
    const slow = createSlowSink()
    let done = false
    const write = pieceWriter(collectPieces(piecesOf(5000, 1000), 1000))
    const writing = throughGzip(slow.sink, write).then(() => {
      done = true
    })
    while (!done) await slow.drain()
    await writing
    expect(gunzipSync(Buffer.concat(slow.chunks)).equals(Buffer.concat([...piecesOf(5000, 1000)]))).toBe(true)
  })

  test('a failure on the way comes out', async () => {
    function* broken(): Generator<Uint8Array> {
      yield Buffer.alloc(10_000)
      throw new Error('broken')
    }
    const collected = collectPieces(broken(), 1000)
    const slow = createSlowSink()
    const writing = expect(throughGzip(slow.sink, pieceWriter(collected))).rejects.toThrow('broken')
    await slow.drain()
    await writing
  })
})
