import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Change, KeyValue, Revision, Storage } from '@fairlead/storage'
import { recordWatch } from '@fairlead/storage/testing'
import { expect, onTestFinished, test } from 'vitest'
import { openLmdbStorage } from './lmdb-storage.ts'

type Answer = readonly [revision: Revision, key: string, text: string | null]

const script = (name: string): string => fileURLToPath(new URL(`testdata/${name}`, import.meta.url))

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-lmdb-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Runs the writer until it has answered so many writes, kills it, and returns every answer that it gave. */
async function writeAndKill(folder: string, round: number, killAfter: number): Promise<Answer[]> {
  const child = spawn(process.execPath, [script('crash-writer.mjs'), folder, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const answers: Answer[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    // The last line of a killed process may be torn: that answer was not given.
    if (line.endsWith(']')) answers.push(JSON.parse(line) as Answer)
    if (answers.length === killAfter) child.kill('SIGKILL')
  }
  const [, signal] = await exited
  if (signal !== 'SIGKILL') throw new Error('the writer ended by itself: is the package built?')
  return answers
}

const text = (item: KeyValue | undefined): string | null =>
  item === undefined ? null : Buffer.from(item.value).toString()

const describeRecord = (item: KeyValue | undefined): string =>
  item === undefined ? 'absent' : `${item.createRevision} ${item.modRevision} ${text(item)}`

/** Applies what the log has after `from` to `state`; the log's own idea of what was before must agree. */
async function applyLog(storage: Storage, from: Revision, state: Map<string, string>): Promise<readonly Change[]> {
  const watch = recordWatch(storage, '/', from)
  const changes = await watch.reached(await storage.currentRevision())
  watch.close()
  let last = from
  for (const { revision, key, current, previous } of changes) {
    expect(revision - last).toBeLessThanOrEqual(1)
    expect(revision).toBeGreaterThanOrEqual(last)
    last = revision
    expect(describeRecord(previous)).toBe(state.get(key) ?? 'absent')
    if (current === undefined) state.delete(key)
    else state.set(key, describeRecord(current))
  }
  return changes
}

test('a killed process loses no acknowledged write', async () => {
  const folder = await newFolder()
  const state = new Map<string, string>()
  let lastRevision = 1
  for (let round = 0; round < 12; round++) {
    const answers = await writeAndKill(folder, round, 100 + ((round * 173) % 900))
    const storage = await openLmdbStorage({ folder, historyLimit: 1_000_000 })
    const current = await storage.currentRevision()
    const revisions = answers.map(([revision]) => revision)
    expect(Math.min(...revisions)).toBeGreaterThan(lastRevision)
    expect(new Set(revisions).size).toBe(revisions.length)
    expect(current).toBeGreaterThanOrEqual(Math.max(...revisions))
    const changes = await applyLog(storage, lastRevision, state)
    const logged = new Map(changes.map(({ revision, key, current: item }) => [`${revision} ${key}`, text(item)]))
    for (const [revision, key, written] of answers) {
      // Each transaction also counted; a delete of what was absent leaves no other trace.
      expect(logged.has(`${revision} ${key.replace(/^\/k\/(\d+)\/.*/, '/count/$1')}`)).toBe(true)
      const found = logged.get(`${revision} ${key}`)
      if (written !== null || found !== undefined) expect(found).toBe(written)
    }
    const heads = (await storage.range('/')).items.map((item) => [item.key, describeRecord(item)])
    expect(heads).toEqual([...state].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)))
    lastRevision = current
    await storage.close()
  }
})

test.skipIf(process.platform === 'win32')(
  'a full disk ends writing loudly, and keeps what was acknowledged',
  async () => {
    const folder = await newFolder()
    const command = 'ulimit -f 8192; exec "$0" "$@"'
    const args = ['-c', command, process.execPath, script('full-disk-writer.mjs'), folder]
    const { stdout } = await promisify(execFile)('sh', args)
    const report = JSON.parse(stdout) as Record<string, unknown>
    expect(report['failure']).toMatch(/^StorageFailedError: the store takes no more writes because a commit failed: ./)
    expect(report).toMatchObject({
      next: report['failure'],
      health: report['failure'],
      readable: 4000,
      close: 'fulfilled',
    })
    const storage = await openLmdbStorage({ folder })
    onTestFinished(() => storage.close())
    const { items } = await storage.range('/k/')
    expect(items.length).toBeGreaterThan(100)
    expect(items.length).toBeGreaterThanOrEqual(Number(report['answered']))
    const result = await storage.transaction([], [{ type: 'put', key: '/after', value: Buffer.from('1') }])
    expect(result).toMatchObject({ ok: true })
  },
)
