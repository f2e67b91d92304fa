import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { KeptSnapshots } from '@fairlead/aggregator'
import { encodeJson, isJsonObject, type JsonObject, parseJson } from '@fairlead/apimachinery'
import { maxValueBytes, type Storage, type Write } from '@fairlead/storage'

const [compress, expand] = [promisify(gzip), promisify(gunzip)]

/** Snapshots in the store. */
export interface StoredSnapshots extends KeptSnapshots {
  /** Resolves when everything noted has been written. */
  settled(): Promise<void>
}

export interface StoredSnapshotsOptions {
  readonly storage: Storage
  /** Where they are kept: beside the APIServices. */
  readonly folder: 'discovery' | 'openapi'
  /** A snapshot could not be written or read: nothing but a restart without it comes of that. */
  onFailure(problem: string, name: string, error: unknown): void
}

/**
 * Opens the snapshots of a folder. They are written one after the other, the newest of each name only; one that is too
 * long for the store is left out.
 */
export async function openSnapshots({ storage, folder, onFailure }: StoredSnapshotsOptions): Promise<StoredSnapshots> {
  const prefix = `/registry/apiregistration.k8s.io/snapshots/${folder}/`
  const restored = new Map<string, JsonObject>()
  const { items } = await storage.range(prefix)
  for (const { key, value } of items) {
    const name = key.slice(prefix.length)
    try {
      const snapshot = parseJson((await expand(value)).toString())
      if (isJsonObject(snapshot)) restored.set(name, snapshot)
    } catch (error) {
      onFailure('a snapshot cannot be read', name, error)
    }
  }
  const waiting = new Map<string, JsonObject | undefined>()
  let writing: Promise<void> | undefined

  async function writeAll(): Promise<void> {
    for (let [next] = waiting; next !== undefined; [next] = waiting) {
      const [name, snapshot] = next
      waiting.delete(name)
      try {
        await storage.transaction([], [await writeOf(`${prefix}${name}`, snapshot)])
      } catch (error) {
        onFailure('a snapshot cannot be written', name, error)
      }
    }
  }

  function note(name: string, snapshot: JsonObject | undefined): void {
    waiting.set(name, snapshot)
    writing ??= writeAll().finally(() => {
      writing = undefined
    })
  }

  return {
    restored,
    put: note,
    delete: (name) => note(name, undefined),
    async settled() {
      await writing
    },
  }
}

async function writeOf(key: string, snapshot: JsonObject | undefined): Promise<Write> {
  if (snapshot === undefined) return { type: 'delete', key }
  const value = await compress(encodeJson(snapshot))
  return value.byteLength > maxValueBytes ? { type: 'delete', key } : { type: 'put', key, value }
}
