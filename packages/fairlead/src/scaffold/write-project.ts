import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Writes files into a folder that is empty or not there yet; nothing is overwritten. */
export async function writeProject(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const present = await entriesOf(folder)
  if (present.length > 0) {
    throw new Error(`--directory "${folder}": expected an empty folder or none; this one holds ${present[0]}`)
  }
  for (const [path, text] of files) {
    const target = join(folder, path)
    try {
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, text, { flag: 'wx' })
    } catch (cause) {
      throw new Error(`cannot write ${target}: ${(cause as Error).message}`, { cause })
    }
  }
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    if (code === 'ENOTDIR') throw new Error(`--directory "${folder}": expected a folder; this is a file`, { cause })
    throw new Error(`--directory "${folder}": ${message}`, { cause })
  }
}
