import { rename, writeFile } from 'node:fs/promises'

/** Writes a file whole: after a crash there is the old one or the new one. */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, text, { mode })
  await rename(temporary, path)
}
