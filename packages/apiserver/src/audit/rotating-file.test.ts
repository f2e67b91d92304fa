import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createManualClock } from '@fairlead/storage/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRotatingFile, type RotatingFileOptions } from './rotating-file.ts'

const day = 86_400_000
let folder: string
const clock = createManualClock(Date.UTC(2026, 0, 2, 3, 4, 5, 678))
const failures: unknown[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
  expect(failures.splice(0)).toEqual([])
})

const openFile = (options: Partial<RotatingFileOptions> = {}) =>
  openRotatingFile({
    path: join(folder, 'logs', 'audit.log'),
    maxSize: 100,
    maxBackups: 0,
    maxAge: 0,
    compress: false,
    clock,
    onTidyError: (error) => failures.push(error),
    ...options,
  })
const names = async () => (await readdir(join(folder, 'logs'))).sort()
const content = (name: string) => readFile(join(folder, 'logs', name), 'utf8')

test('a new file is its owner’s, an old one is continued', async () => {
  const first = await openFile()
  await first.append(['a\n'])
  await first.close()
  const second = await openFile()
  await second.append(['b\n', 'c\n'])
  await second.close()
  expect(await content('audit.log')).toBe('a\nb\nc\n')
  expect((await stat(join(folder, 'logs', 'audit.log'))).mode & 0o777).toBe(0o600)
})

test('a file that would grow too large is put aside, in the middle of a batch too', async () => {
  const file = await openFile()
  const line = (letter: string) => `${letter.repeat(49)}\n`
  await file.append([line('a')])
  clock.advance(1)
  await file.append([line('b'), line('c'), line('d')])
  clock.advance(1)
  await file.append([line('e')])
  await file.close()
  expect(await names()).toEqual(['audit-2026-01-02T03-04-05.679.log', 'audit-2026-01-02T03-04-05.680.log', 'audit.log'])
  expect(await content('audit-2026-01-02T03-04-05.679.log')).toBe(line('a') + line('b'))
  expect(await content('audit-2026-01-02T03-04-05.680.log')).toBe(line('c') + line('d'))
  expect(await content('audit.log')).toBe(line('e'))
})

test('a line larger than a file is refused', async () => {
  const file = await openFile()
  await expect(file.append(['x'.repeat(101)])).rejects.toThrow('write length 101 exceeds maximum file size 100')
  await file.close()
})

test('no limit, no rotation', async () => {
  const file = await openFile({ maxSize: 0 })
  await file.append(['x'.repeat(10_000)])
  await file.close()
  expect(await names()).toEqual(['audit.log'])
})

test('rotation survives that somebody else moved the file', async () => {
  const file = await openFile()
  await file.append(['x'.repeat(99)])
  await rename(join(folder, 'logs', 'audit.log'), join(folder, 'logs', 'moved'))
  await file.append(['yy'])
  await file.close()
  expect(await names()).toEqual(['audit.log', 'moved'])
})

test('old files are removed by number and by age, and compressed', async () => {
  await (await openFile()).close()
  const old = (age: number, extension = '.log') =>
    `audit-${new Date(clock.now() - age).toISOString().slice(0, -1).replaceAll(':', '-')}${extension}`
  const put = (name: string) => writeFile(join(folder, 'logs', name), name, { mode: 0o640 })
  await Promise.all(
    [old(day), old(2 * day), old(3 * day, '.log.gz'), old(9 * day), 'audit-x.log', 'other.log'].map(put),
  )

  await (await openFile({ maxAge: 5 * day })).close()
  expect(await names()).toEqual([
    old(3 * day, '.log.gz'),
    old(2 * day),
    old(day),
    'audit-x.log',
    'audit.log',
    'other.log',
  ])

  await (await openFile({ maxBackups: 2, compress: true })).close()
  expect(await names()).toEqual([old(2 * day, '.log.gz'), old(day, '.log.gz'), 'audit-x.log', 'audit.log', 'other.log'])
  const packed = join(folder, 'logs', old(day, '.log.gz'))
  expect(gunzipSync(await readFile(packed)).toString()).toBe(old(day))
  expect((await stat(packed)).mode & 0o777).toBe(0o640)
})
