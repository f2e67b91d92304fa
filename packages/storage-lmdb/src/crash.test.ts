import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { KeyValue, Revision, Storage } from '@fairlead/storage'
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

async function wholeLog(storage: Storage): Promise<Map<string, KeyValue | undefined>> {
  const watch = recordWatch(storage, '/', 1)
  const state = new Map<string, KeyValue | undefined>()
  let last = 1
  for (const { revision, key, current, previous } of await watch.reached(await storage.currentRevision())) {
    if (revision !== last) expect(revision).toBe(last + 1)
    last = revision
    expect(previous).toEqual(state.get(key))
    state.set(key, current)
  }
  watch.close()
  return state
}

const text = (item: KeyValue | undefined): string | null =>
  item === undefined ? null : Buffer.from(item.value).toString()

test('a killed process loses no acknowledged write', async () => {
  const folder = await newFolder()
  let lastRevision = 1
  for (let round = 0; round < 12; round++) {
    const answers = await writeAndKill(folder, round, 100 + ((round * 173) % 900))
    const storage = await openLmdbStorage({ folder, historyLimit: 1_000_000 })
    const current = await storage.currentRevision()
    const revisions = answers.map(([revision]) => revision)
    expect(Math.min(...revisions)).toBeGreaterThan(lastRevision)
    expect(new Set(revisions).size).toBe(revisions.length)
    expect(current).toBeGreaterThanOrEqual(Math.max(...revisions))
    const watch = recordWatch(storage, '/k/', lastRevision)
    const changes = await watch.reached(current)
    watch.close()
    const logged = new Map(changes.map(({ revision, key, current: item }) => [revision, { key, text: text(item) }]))
    for (const [revision, key, written] of answers) {
      // A delete of what was absent changes nothing under this prefix.
      if (written === null && !logged.has(revision)) continue
      expect(logged.get(revision)).toEqual({ key, text: written })
    }
    const heads = (await storage.range('/')).items
    const replayed = [...(await wholeLog(storage)).values()].filter((item) => item !== undefined)
    expect(replayed.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(heads)
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
