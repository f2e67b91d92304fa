import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureFolder } from './ensure-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-test-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('makes what is missing, for the owner only, and is content with what is there', async () => {
  const path = join(folder, 'a', 'b')
  await Promise.all([ensureFolder(path), ensureFolder(path)])
  await ensureFolder(path)
  const found = await stat(path)
  expect(found.isDirectory()).toBe(true)
  expect(found.mode & 0o777).toBe(0o700)
})

test('refuses a file in its place or above it', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  await expect(ensureFolder(file)).rejects.toMatchObject({ code: 'EEXIST' })
  await expect(ensureFolder(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' })
})

test.runIf(process.platform === 'linux')('fails where no folder can be made', async () => {
  await expect(ensureFolder('/proc/none/below')).rejects.toMatchObject({ code: 'ENOENT' })
})
