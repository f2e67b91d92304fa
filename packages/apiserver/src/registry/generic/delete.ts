import { notFound } from '@fairlead/apimachinery'
import type { KubeObject } from '@fairlead/apimachinery'
import type { RequestContext } from '../../request/request-context.ts'
import type { Deleter, DeleteRequest, DeleteResult } from '../rest/capabilities.ts'
import { commitRemoval } from './commit.ts'
import { admitDeletion } from './deletion.ts'
import type { Deletion } from './deletion.ts'
import { finalizersForDeletion } from './garbage-collection.ts'
import { grantGrace, markAsDeleting } from './graceful-deletion.ts'
import { guaranteedUpdate } from './guaranteed-update.ts'
import type { Change } from './guaranteed-update.ts'
import { storageKey } from './keys.ts'
import { beginPhases } from './phased-deletion.ts'
import { checkDeletePreconditions } from './preconditions.ts'
import type { StoreParts } from './store-parts.ts'
import type { KeptObject } from './stored-object.ts'

/** DELETE of one object. */
export function createDeleter(parts: StoreParts): Deleter {
  return {
    delete(context, key, options, write) {
      warnOfDeletion(parts, context, options)
      return deleteObject(parts, { context, key, options, write, admittedName: key.name })
    },
  }
}

/** Tells the client what the kind has to say about its options. */
export function warnOfDeletion(parts: StoreParts, { warnings }: RequestContext, options: DeleteRequest): void {
  for (const warning of parts.resourceStrategy.warningsOnDelete?.(options) ?? []) warnings.add(warning)
}

/** Deletes an object, or marks it as being deleted while a grace period or finalizers keep it. */
export async function deleteObject(parts: StoreParts, deletion: Deletion): Promise<DeleteResult> {
  if (parts.resourceStrategy.extraFinalizers !== undefined) {
    const pending = await beginPhases(parts, deletion)
    if (pending !== undefined) return pending
  }
  const marked = await markForDeletion(parts, deletion)
  if (marked.outcome === 'gone') return { object: marked.object, gone: true }
  if (marked.outcome === 'pending') return { object: marked.object, gone: false }
  if (deletion.write.dryRun) return { object: marked.object, gone: true }
  return removeMarked(parts, marked.object)
}

interface Marked {
  /** `due`: the object is stored with a grace period of zero and must be removed next. */
  readonly outcome: 'gone' | 'pending' | 'due'
  readonly object: KeptObject
}

async function markForDeletion(parts: StoreParts, deletion: Deletion): Promise<Marked> {
  const key = storageKey(parts.form, deletion.key)
  let outcome: Marked['outcome'] = 'gone'
  const { object } = await guaranteedUpdate(parts, { key, dryRun: deletion.write.dryRun }, async (current) => {
    if (current === undefined) throw notFound(parts.resource, deletion.key.name)
    checkDeletePreconditions(parts.kind, deletion.options, current)
    const decision = decide(parts, deletion.options, current)
    outcome = decision.outcome
    if (decision.change.type !== 'keep') await admitDeletion(deletion, current)
    return decision.change
  })
  return { outcome, object }
}

function decide(
  parts: StoreParts,
  options: DeleteRequest,
  current: KeptObject,
): { readonly outcome: Marked['outcome']; readonly change: Change } {
  const strategy = parts.resourceStrategy
  const now = parts.clock.now()
  const before = current.object()
  const object: KubeObject = { ...before, metadata: { ...before.metadata } }
  const grace = grantGrace(object, { strategy, requested: options.gracePeriodSeconds, now })
  if (grace.kind === 'pending') return { outcome: 'pending', change: { type: 'keep' } }
  const finalizers = finalizersForDeletion(before.metadata.finalizers ?? [], options, strategy.garbageCollection)
  object.metadata.finalizers = [...finalizers]
  if (grace.kind === 'none') {
    if (finalizers.length === 0) return { outcome: 'gone', change: { type: 'remove' } }
    markAsDeleting(object.metadata, now)
    return { outcome: 'pending', change: { type: 'put', object } }
  }
  const kept = finalizers.length > 0 || grace.seconds > 0
  return { outcome: kept ? 'pending' : 'due', change: { type: 'put', object } }
}

/** Somebody else may be faster: then the object is gone all the same. */
async function removeMarked(parts: StoreParts, marked: KeptObject): Promise<DeleteResult> {
  const { key } = marked
  const { uid } = marked.object().metadata
  let current = marked
  for (;;) {
    const result = await commitRemoval(parts, { key, previous: current, dryRun: false }, current)
    if (result.done) return { object: result.object, gone: true }
    if (result.current === undefined || result.current.object().metadata.uid !== uid)
      return { object: marked, gone: true }
    current = result.current
  }
}
