import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { RotatingFileOptions } from './rotating-file.ts'

const compressed = '.gz'

interface Backup {
  readonly name: string
  /** Milliseconds since the epoch, as its name says. */
  readonly time: number
}

/** Removes old log files that are too many or too old, and compresses the others when that is wanted. */
export async function tidyBackups(
  options: Pick<RotatingFileOptions, 'path' | 'maxBackups' | 'maxAge' | 'compress' | 'clock'>,
): Promise<void> {
  const { path, maxBackups, maxAge, compress, clock } = options
  if (maxBackups === 0 && maxAge === 0 && !compress) return
  const folder = dirname(path)
  const backups = await findBackups(path)
  const newest = new Set(
    [...new Set(backups.map(({ name }) => plainName(name)))].slice(0, maxBackups > 0 ? maxBackups : undefined),
  )
  for (const { name, time } of backups) {
    const file = join(folder, name)
    if (!newest.has(plainName(name)) || (maxAge > 0 && time < clock.now() - maxAge)) await rm(file, { force: true })
    else if (compress && !name.endsWith(compressed)) await compressFile(file)
  }
}

/** The files that rotation has put aside, newest first. */
async function findBackups(path: string): Promise<readonly Backup[]> {
  const extension = extname(path)
  const prefix = `${basename(path, extension)}-`
  const names = await readdir(dirname(path))
  return names
    .flatMap((name): Backup[] => {
      const plain = plainName(name)
      if (!plain.startsWith(prefix) || !plain.endsWith(extension)) return []
      const stamp = plain.slice(prefix.length, plain.length - extension.length)
      const match = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3})$/.exec(stamp)
      const time = match === null ? Number.NaN : Date.parse(`${match[1]}:${match[2]}:${match[3]}Z`)
      return Number.isNaN(time) ? [] : [{ name, time }]
    })
    .sort((a, b) => b.time - a.time)
}

function plainName(name: string): string {
  return name.endsWith(compressed) ? name.slice(0, -compressed.length) : name
}

/** The compressed file appears whole or not at all. */
async function compressFile(file: string): Promise<void> {
  const { mode } = await stat(file)
  const temporary = `${file}${compressed}.tmp`
  await pipeline(createReadStream(file), createGzip(), createWriteStream(temporary, { mode: mode & 0o777 }))
  await rename(temporary, `${file}${compressed}`)
  await rm(file)
}
