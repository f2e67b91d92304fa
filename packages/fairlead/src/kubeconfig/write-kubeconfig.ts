import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { JsonObject } from '@fairlead/apimachinery'
import { ensureFolder } from '../files/ensure-folder.ts'
import { type KubeconfigEntry, mergeKubeconfig } from './kubeconfig.ts'

/**
 * Writes `entry` into the kubeconfig at `path`, keeping the other clusters, users and contexts of a file that is there.
 * Readable by its owner only. Leaves the file alone when it says the same already. Throws when the file there is no
 * kubeconfig.
 */
export async function writeKubeconfig(path: string, entry: KubeconfigEntry): Promise<void> {
  const before = await readExisting(path)
  const existing = before === undefined ? {} : await parseExisting(path, before)
  const after = `${JSON.stringify(mergeKubeconfig(existing, entry), null, 2)}\n`
  if (after === before) return
  await ensureFolder(dirname(path))
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, after, { mode: 0o600 })
  await rename(temporary, path)
}

async function readExisting(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** What we write is JSON, which is YAML; the YAML parser is loaded only for files that others wrote. */
async function parseExisting(path: string, text: string): Promise<JsonObject> {
  let parsed: unknown
  if (text.startsWith('{')) parsed = JSON.parse(text)
  else parsed = (await import('yaml')).parse(text)
  if (parsed === null) return {}
  if (typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new Error(`${path} is no kubeconfig and is left as it is; choose another file with --write-kubeconfig`)
  }
  return parsed as JsonObject
}
