import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { StorageDamagedError } from './check-data-file.ts'
import { openLmdbStorage } from './lmdb-storage.ts'
import { dataFile } from './tables.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-lmdb-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function validFile(): Promise<Buffer> {
  const folder = await newFolder()
  const storage = await openLmdbStorage({ folder })
  for (let index = 0; index < 50; index++) {
    await storage.transaction([], [{ type: 'put', key: `/${index}`, value: Buffer.alloc(3000) }])
  }
  await storage.close()
  return readFile(dataFile(folder))
}

test.each([
  { title: 'noise', damage: (file: Buffer) => file.map((byte, index) => (byte + index * 7 + 1) & 255) },
  { title: 'text', damage: () => Buffer.from('not a data file\n'.repeat(1000)) },
  { title: 'a hundred bytes', damage: (file: Buffer) => file.subarray(0, 100) },
  { title: 'half a header', damage: (file: Buffer) => file.subarray(0, 4096) },
  { title: 'nothing but the header', damage: (file: Buffer) => file.subarray(0, 8192) },
  { title: 'an impossible page size', damage: (file: Buffer) => Buffer.from(file).fill(255, 48, 52) },
])('a file with $title is refused, and left as it is', async ({ damage }) => {
  const folder = await newFolder()
  const bytes = Buffer.from(damage(await validFile()))
  await writeFile(dataFile(folder), bytes)
  const refused = openLmdbStorage({ folder })
  await expect(refused).rejects.toThrow(StorageDamagedError)
  await expect(refused).rejects.toThrow(`the data file ${dataFile(folder)} is damaged or not a data file of Fairlead`)
  expect(Buffer.compare(await readFile(dataFile(folder)), bytes)).toBe(0)
})

test('a whole file is opened, and so is an empty one', async () => {
  for (const bytes of [await validFile(), Buffer.alloc(0)]) {
    const folder = await newFolder()
    await writeFile(dataFile(folder), bytes)
    const storage = await openLmdbStorage({ folder })
    expect((await storage.range('/')).items).toHaveLength(bytes.byteLength === 0 ? 0 : 50)
    await storage.close()
  }
})
