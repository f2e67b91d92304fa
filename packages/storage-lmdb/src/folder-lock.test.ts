import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { StorageLockedError } from './folder-lock.ts'
import { openLmdbStorage } from './lmdb-storage.ts'
import { openTables } from './tables.ts'

const holder = fileURLToPath(new URL('testdata/folder-holder.mjs', import.meta.url))
const write = { type: 'put', key: '/a', value: Buffer.from('1') } as const

async function newFolder(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'fairlead-lmdb-'))
  onTestFinished(() => rm(parent, { recursive: true, force: true }))
  return join(parent, 'data.d', 'nested')
}

async function hold(folder: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [holder, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [text] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('the holder did not start: is the package built?'))),
  ])
  expect(String(text)).toMatch(/^revision /)
  return child
}

test('a folder is open once in a process', async () => {
  const folder = await newFolder()
  const storage = await openLmdbStorage({ folder })
  const second = openLmdbStorage({ folder })
  await expect(second).rejects.toThrow(StorageLockedError)
  await expect(second).rejects.toMatchObject({ folder, pid: process.pid })
  await storage.transaction([], [write])
  await storage.close()
  const again = await openLmdbStorage({ folder })
  expect((await again.get('/a')).item).toBeDefined()
  await again.close()
})

test('a folder is open in one process, until that is gone, however it went', async () => {
  const folder = await newFolder()
  const child = await hold(folder)
  const refused = openLmdbStorage({ folder })
  await expect(refused).rejects.toMatchObject({ name: 'StorageLockedError', folder, pid: child.pid })
  await expect(refused).rejects.toThrow(`the data folder ${folder} is in use by process ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const storage = await openLmdbStorage({ folder })
  await storage.transaction([], [write])
  await storage.close()
})

test('a store that has lost its folder to another one writes no more', async () => {
  const folder = await newFolder()
  const storage = await openLmdbStorage({ folder })
  await storage.transaction([], [write])
  const { root, meta } = await openTables(folder)
  root.transactionSync(() => meta.putSync('owner', '{"pid":1}'))
  const refused = storage.transaction([], [write])
  await expect(refused).rejects.toThrow(`another process has taken over the data folder ${folder}`)
  await expect(storage.health()).rejects.toMatchObject({ name: 'StorageFailedError' })
  await root.close()
  await storage.close()
})

test('a folder of another format is refused and left as it is', async () => {
  const folder = await newFolder()
  await (await openLmdbStorage({ folder })).close()
  const { root, meta } = await openTables(folder)
  root.transactionSync(() => meta.putSync('state', '{"format":99}'))
  await root.close()
  const refused = openLmdbStorage({ folder })
  await expect(refused).rejects.toThrow(`the data folder ${folder} has format 99, this version reads format 1`)
  await expect(openLmdbStorage({ folder })).rejects.toMatchObject({ name: 'StorageFormatError' })
})

test.skipIf(process.platform === 'win32')('nobody else can read the data', async () => {
  const folder = await newFolder()
  const storage = await openLmdbStorage({ folder })
  onTestFinished(() => storage.close())
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect((await stat(join(folder, 'data.mdb'))).mode & 0o777).toBe(0o600)
  expect(await storage.size()).toBeGreaterThan(0)
})
