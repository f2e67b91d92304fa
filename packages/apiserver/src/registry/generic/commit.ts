import { plainError } from '@fairlead/apimachinery'
import type { KubeObject } from '@fairlead/apimachinery'
import { ValueTooLargeError } from '@fairlead/storage'
import type { KeyValue, TransactionResult, Write } from '@fairlead/storage'
import type { StoreParts } from './store-parts.ts'
import { storedBytes } from './stored-form.ts'
import { createKeptObject } from './stored-object.ts'
import type { KeptObject } from './stored-object.ts'

/**
 * What became of a write: the object as it is now, or what was there when it was expected to be otherwise, which is the
 * same as before when one of its companions was.
 */
export type CommitResult =
  | { readonly done: true; readonly object: KeptObject }
  | { readonly done: false; readonly current: KeptObject | undefined }

/** A write of one object, which takes place when the key still holds `previous`. */
export interface Commit {
  readonly key: string
  /** Undefined when there is none. */
  readonly previous: KeptObject | undefined
  readonly dryRun: boolean
}

/** Stores an object. A value that is too large is tried once more without its managedFields, which can be large. */
export async function commitObject(parts: StoreParts, commit: Commit, object: KubeObject): Promise<CommitResult> {
  const value = storedBytes(parts.form, object)
  if (commit.dryRun) return dryRun(parts, commit, value)
  try {
    return await put(parts, commit, { object, value })
  } catch (error) {
    if (!(error instanceof ValueTooLargeError)) throw error
    if (object.metadata['managedFields'] === undefined) throw tooLarge(error)
    const { managedFields: _managedFields, ...metadata } = object.metadata
    return commitObject(parts, commit, { ...object, metadata })
  }
}

/** Removes an object. The result is its last state at the revision of the deletion. */
export async function commitRemoval(parts: StoreParts, commit: Commit, current: KeptObject): Promise<CommitResult> {
  if (commit.dryRun) return { done: true, object: current }
  const result = await write(parts, commit, { type: 'delete', key: commit.key })
  return result.ok ? { done: true, object: current.atRevision(result.revision) } : clash(parts, commit, result)
}

async function put(
  parts: StoreParts,
  commit: Commit,
  { object, value }: { readonly object: KubeObject; readonly value: Uint8Array },
): Promise<CommitResult> {
  const { key } = commit
  const { ttlSeconds } = parts.kept
  const stored = { type: 'put', key, value, ...(ttlSeconds !== undefined && { ttlSeconds }) } as const
  const result = await write(parts, commit, stored, object)
  return result.ok
    ? { done: true, object: written(parts, { key, value, revision: result.revision }) }
    : clash(parts, commit, result)
}

/** One transaction for an object and its companions. */
async function write(
  parts: StoreParts,
  { key, previous }: Commit,
  own: Write,
  next?: KubeObject,
): Promise<TransactionResult> {
  const companions = await parts.companions?.changes(previous?.object(), next)
  return parts.storage.transaction(
    [{ key, modRevision: previous?.revision ?? 0 }, ...(companions?.expect ?? [])],
    [own, ...(companions?.writes ?? [])],
  )
}

/** A dry run keeps the revision that the object has; a new one has none. */
async function dryRun(parts: StoreParts, { key, previous }: Commit, value: Uint8Array): Promise<CommitResult> {
  if (previous === undefined) {
    const { item } = await parts.storage.get(key)
    if (item !== undefined) return { done: false, current: kept(parts, item) }
  }
  return { done: true, object: createKeptObject(parts.form, { key, value, revision: previous?.revision ?? 0 }) }
}

/** The cache's own view of what was written, when it has it already: one copy of the bytes serves everybody. */
function written(
  parts: StoreParts,
  record: { readonly key: string; readonly value: Uint8Array; readonly revision: number },
): KeptObject {
  const cache = parts.cache()
  const cached = cache.isReady ? cache.get(record.key) : undefined
  return cached?.revision === record.revision ? cached : createKeptObject(parts.form, record)
}

function clash(
  parts: StoreParts,
  { previous }: Commit,
  result: TransactionResult & { readonly ok: false },
): CommitResult {
  const [item] = result.current
  if (item?.modRevision === previous?.revision) return { done: false, current: previous }
  return { done: false, current: item === undefined ? undefined : kept(parts, item) }
}

function kept(parts: StoreParts, { key, value, modRevision }: KeyValue): KeptObject {
  return createKeptObject(parts.form, { key, value, revision: modRevision })
}

const messageLimit = 2_097_152

function tooLarge(error: ValueTooLargeError): Error {
  const text =
    error.bytes > messageLimit
      ? `rpc error: code = ResourceExhausted desc = trying to send message larger than max (${error.bytes} vs. ${messageLimit})`
      : error.message
  return plainError(text, { cause: error })
}
