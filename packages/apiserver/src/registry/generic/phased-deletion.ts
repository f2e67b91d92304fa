import { conflict, deepCopy, formatTimestamp, notFound } from '@fairlead/apimachinery'
import type { DeleteRequest, DeleteResult } from '../rest/capabilities.ts'
import { admitDeletion } from './deletion.ts'
import type { Deletion } from './deletion.ts'
import { finalizersForPhases } from './garbage-collection.ts'
import { guaranteedUpdate } from './guaranteed-update.ts'
import { storageKey } from './keys.ts'
import type { StoreParts } from './store-parts.ts'
import type { KeptObject } from './stored-object.ts'

/**
 * Deletion of objects with finalizers of their own in the spec (namespaces): the first one only marks the object, later
 * ones have no effect while the spec has finalizers. Undefined when the object may now be deleted like any other.
 */
export async function beginPhases(parts: StoreParts, deletion: Deletion): Promise<DeleteResult | undefined> {
  const key = storageKey(parts.form, deletion.key)
  const strategy = parts.resourceStrategy
  let done = false
  const { object } = await guaranteedUpdate(parts, { key, dryRun: deletion.write.dryRun }, async (current) => {
    if (current === undefined) throw notFound(parts.resource, deletion.key.name)
    checkPreconditions(parts, deletion.options, current)
    const before = current.object()
    done = before.metadata.deletionTimestamp !== undefined && (strategy.extraFinalizers?.(before) ?? []).length === 0
    if (before.metadata.deletionTimestamp !== undefined) return { type: 'keep' }
    await admitDeletion(deletion, current)
    const next = deepCopy(before)
    next.metadata.deletionTimestamp = formatTimestamp(parts.clock.now())
    next.metadata.finalizers = [...finalizersForPhases(before.metadata.finalizers ?? [], deletion.options)]
    strategy.prepareForDelete?.(next, {
      clock: parts.clock,
      namespace: current.namespace,
      user: deletion.context.user,
    })
    return { type: 'put', object: next }
  })
  return done ? undefined : { object, gone: false }
}

function checkPreconditions(parts: StoreParts, { preconditions }: DeleteRequest, current: KeptObject): void {
  const { uid, resourceVersion } = preconditions ?? {}
  const actual = current.object().metadata.uid ?? ''
  if (uid !== undefined && uid !== actual) {
    throw failed(parts, current, `UID in precondition: ${uid}, UID in object meta: ${actual}`)
  }
  if (resourceVersion !== undefined && resourceVersion !== String(current.revision)) {
    const versions = `${resourceVersion}, ResourceVersion in object meta: ${current.revision}`
    throw failed(parts, current, `ResourceVersion in precondition: ${versions}`)
  }
}

function failed(parts: StoreParts, current: KeptObject, detail: string): Error {
  return conflict(parts.resource, current.name, `Precondition failed: ${detail}`)
}
