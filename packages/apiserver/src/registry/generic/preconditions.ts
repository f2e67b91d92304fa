import { conflict, invalid, invalidValue } from '@fairlead/apimachinery'
import type { GroupKind, GroupResource, KubeObject } from '@fairlead/apimachinery'
import type { StoredObject } from '../rest/stored-object.ts'
import type { DeleteRequest, UpdateRequest } from '../rest/capabilities.ts'
import { storageKey } from './keys.ts'
import { bodyRevision } from './resource-version.ts'
import type { StoreParts } from './store-parts.ts'
import type { KeptObject } from './stored-object.ts'

const modified = 'the object has been modified; please apply your changes to the latest version and try again'

/** Refuses a PUT over another object than the client has seen: the uid in its body is a precondition. */
export function checkUid(
  parts: StoreParts,
  { key, retryOnConflict }: UpdateRequest,
  { wanted, current }: { readonly wanted: string | undefined; readonly current: KeptObject | undefined },
): void {
  if (retryOnConflict || !wanted) return
  const actual = current?.object().metadata.uid ?? ''
  if (wanted === actual) return
  throw failedPrecondition(parts.resource, {
    path: storageKey(parts.form, key),
    name: key.name,
    detail: `UID in precondition: ${wanted}, UID in object meta: ${actual}`,
  })
}

/** The Conflict of a precondition that storage itself checks, which names the storage key. */
export function failedPrecondition(
  resource: GroupResource,
  { path, name, detail }: { readonly path: string; readonly name: string; readonly detail: string },
): Error {
  return conflict(
    resource,
    name,
    `StorageError: invalid object, Code: 4, Key: ${path}, ResourceVersion: 0, ` +
      `AdditionalErrorMsg: Precondition failed: ${detail}`,
  )
}

/**
 * Compares the resourceVersion of an update with the current one, and sets it to the current one where none was given
 * and the kind allows that. Throws Conflict, or Invalid where a resourceVersion must be given.
 */
export function checkRevision(parts: StoreParts, next: KubeObject, current: KeptObject): void {
  const revision = bodyRevision(next.metadata.resourceVersion)
  if (revision === 0 && !parts.strategy.unconditionalUpdate) {
    const problem = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')
    // The kind slot of this one message has always held the resource.
    throw invalid({ group: parts.resource.group, kind: parts.resource.resource }, current.name, [problem])
  }
  if (revision !== 0 && revision !== current.revision) throw conflict(parts.resource, current.name, modified)
  next.metadata.resourceVersion = String(current.revision)
}

/** Refuses to delete another object, or another state of it, than the client has seen. The Conflict names the kind. */
export function checkDeletePreconditions(
  kind: GroupKind,
  { preconditions }: DeleteRequest,
  current: StoredObject,
): void {
  const { uid, resourceVersion } = preconditions ?? {}
  const { name = '', uid: actual = '' } = current.object().metadata
  const resource = { group: kind.group, resource: kind.kind }
  if (uid !== undefined && uid !== actual) {
    throw conflict(
      resource,
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${actual}). ` +
        'The object might have been deleted and then recreated',
    )
  }
  if (resourceVersion !== undefined && resourceVersion !== String(current.revision)) {
    throw conflict(
      resource,
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record ` +
        `(${current.revision}). The object might have been modified`,
    )
  }
}
