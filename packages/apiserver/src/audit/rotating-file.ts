import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { Clock } from '@fairlead/apimachinery'
import { tidyBackups } from './log-backups.ts'

/** Where lines are appended and what becomes of old ones. Zero is no limit. */
export interface RotatingFileOptions {
  readonly path: string
  /** Bytes after which the file is put aside and a new one begun. */
  readonly maxSize: number
  /** Old files that are kept. */
  readonly maxBackups: number
  /** Milliseconds for which old files are kept. */
  readonly maxAge: number
  /** Old files are compressed. */
  readonly compress: boolean
  readonly clock: Clock
  /** Told when old files cannot be compressed or removed. */
  onTidyError(error: unknown): void
}

/** A file that lines are appended to. Calls must not overlap. */
export interface LineFile {
  /** Appends whole lines, each with its end. Rejects when they are not all on file. */
  append(lines: readonly string[]): Promise<void>
  close(): Promise<void>
}

/**
 * Opens a log file, readable by its owner only when it is new. Files put aside are named as upstream names them:
 * `audit-2024-01-02T03-04-05.678.log` beside `audit.log`, in UTC, and with `.gz` when they are compressed.
 */
export async function openRotatingFile(options: RotatingFileOptions): Promise<LineFile> {
  const { path, maxSize, clock } = options
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  let file: FileHandle = await open(path, 'a', 0o600)
  let size = (await file.stat()).size
  let tidying = Promise.resolve()
  const tidy = (): void => {
    tidying = tidying.then(() => tidyBackups(options)).catch((error: unknown) => options.onTidyError(error))
  }
  tidy()

  const rotate = async (): Promise<void> => {
    const { mode } = await stat(path).catch(() => ({ mode: 0o600 }))
    await file.close()
    await rename(path, backupPath(path, clock.now())).catch((error: NodeJS.ErrnoException) => {
      // Somebody else may have moved it already.
      if (error.code !== 'ENOENT') throw error
    })
    file = await open(path, 'a', mode & 0o777)
    size = 0
    tidy()
  }

  return {
    async append(lines) {
      let pending: Buffer[] = []
      let length = 0
      const write = async (): Promise<void> => {
        if (length === 0) return
        const bytes = Buffer.concat(pending, length)
        pending = []
        length = 0
        await file.appendFile(bytes)
        size += bytes.length
      }
      for (const line of lines) {
        const bytes = Buffer.from(line)
        if (maxSize > 0 && bytes.length > maxSize) {
          throw new Error(`write length ${bytes.length} exceeds maximum file size ${maxSize}`)
        }
        if (maxSize > 0 && size + length + bytes.length > maxSize) {
          await write()
          await rotate()
        }
        pending.push(bytes)
        length += bytes.length
      }
      await write()
    },
    async close() {
      await tidying
      await file.close()
    },
  }
}

function backupPath(path: string, now: number): string {
  const extension = extname(path)
  const stamp = new Date(now).toISOString().slice(0, -1).replaceAll(':', '-')
  return join(dirname(path), `${basename(path, extension)}-${stamp}${extension}`)
}
