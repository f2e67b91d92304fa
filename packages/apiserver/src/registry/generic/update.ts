import { notFound } from '@fairlead/apimachinery'
import type { KubeObject } from '@fairlead/apimachinery'
import type { RequestContext } from '../../request/request-context.ts'
import type { StoredObject } from '../rest/stored-object.ts'
import type { Updater, UpdateRequest, WriteOptions } from '../rest/capabilities.ts'
import { guaranteedUpdate } from './guaranteed-update.ts'
import type { Change } from './guaranteed-update.ts'
import { storageKey } from './keys.ts'
import { checkRevision, checkUid } from './preconditions.ts'
import { admitNewObject, prepareForCreate } from './prepare-create.ts'
import { prepareForUpdate } from './prepare-update.ts'
import { bodyRevision } from './resource-version.ts'
import type { StoreParts } from './store-parts.ts'
import { storedBytes } from './stored-form.ts'
import { createKeptObject } from './stored-object.ts'
import type { KeptObject } from './stored-object.ts'
import { wipeSystemMetadata } from './system-metadata.ts'

/** PUT and PATCH of a resource. */
export function createUpdater(parts: StoreParts): Updater {
  return { update: (context, request, options) => updateObject(parts, { context, request, options }) }
}

interface Update {
  readonly context: RequestContext
  readonly request: UpdateRequest
  readonly options: WriteOptions
}

async function updateObject(
  parts: StoreParts,
  update: Update,
): Promise<{ readonly object: StoredObject; readonly created: boolean }> {
  const { key: target } = update.request
  const key = storageKey(parts.form, target)
  let emptied: KeptObject | undefined
  const { previous, object } = await guaranteedUpdate(
    parts,
    { key, dryRun: update.options.dryRun },
    async (current) => {
      emptied = undefined
      if (current === undefined) return { type: 'put', object: await newObject(parts, update) }
      const next = await nextObject(parts, update, current)
      if (!isFinished(parts, next, current)) return { type: 'put', object: next }
      // The update that removes the last finalizer deletes, and is answered with what it would have stored.
      emptied = createKeptObject(parts.form, { key, value: storedBytes(parts.form, next), revision: current.revision })
      return { type: 'remove' } satisfies Change
    },
  )
  return { object: emptied ?? object, created: previous === undefined }
}

/** PUT to a name that does not exist, where that creates. */
async function newObject(parts: StoreParts, { context, request, options }: Update): Promise<KubeObject> {
  if (request.retryOnConflict && !request.createAllowed) throw notFound(parts.resource, request.key.name)
  const creation = { context, namespace: request.key.namespace, admit: options.admit }
  const object = await request.desired(undefined)
  checkUid(parts, request, { wanted: object.metadata.uid, current: undefined })
  if (!request.createAllowed) throw notFound(parts.resource, request.key.name)
  await admitNewObject(parts, creation, object)
  bodyRevision(object.metadata.resourceVersion)
  wipeSystemMetadata(object.metadata)
  await prepareForCreate(parts, creation, object)
  return object
}

async function nextObject(
  parts: StoreParts,
  { context, request, options }: Update,
  current: KeptObject,
): Promise<KubeObject> {
  const { admit } = options
  const { name } = request.key
  const previous = current.object()
  const next = await request.desired(current)
  checkUid(parts, request, { wanted: next.metadata.uid, current })
  parts.manageFields({ context, next, previous, subresource: parts.subresource })
  await admit.mutate({ operation: 'UPDATE', name, object: next, oldObject: previous })
  checkRevision(parts, next, current)
  if (parts.subresource === '') await parts.companions?.assign(next, previous)
  prepareForUpdate(parts, next, { context, current })
  await admit.validate({ operation: 'UPDATE', name, object: next, oldObject: previous })
  return next
}

/** Whether an object that was only kept by finalizers has none left. */
function isFinished(parts: StoreParts, next: KubeObject, current: KeptObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = current.object().metadata
  if (deletionTimestamp === undefined || (deletionGracePeriodSeconds ?? 0) !== 0) return false
  if ((next.metadata.finalizers ?? []).length > 0) return false
  return (parts.resourceStrategy.extraFinalizers?.(next) ?? []).length === 0
}
