import { conflict, invalid, invalidValue } from '@fairlead/apimachinery'
import type { KubeObject } from '@fairlead/apimachinery'
import { bodyRevision } from './resource-version.ts'
import type { StoreParts } from './store-parts.ts'
import type { KeptObject } from './stored-object.ts'

const modified = 'the object has been modified; please apply your changes to the latest version and try again'

/** Refuses to write over another object than the client has seen: `uid` is the one in the body of a PUT. */
export function checkUid(
  parts: StoreParts,
  uid: string | undefined,
  target: { readonly key: string; readonly name: string; readonly current: KeptObject | undefined },
): void {
  if (!uid) return
  const actual = target.current?.object().metadata.uid ?? ''
  if (uid !== actual)
    throw failedPrecondition(parts, target, `UID in precondition: ${uid}, UID in object meta: ${actual}`)
}

/** The Conflict of a precondition that storage itself checks, which names the key. */
export function failedPrecondition(
  parts: StoreParts,
  { key, name }: { readonly key: string; readonly name: string },
  detail: string,
): Error {
  return conflict(
    parts.resource,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, ` +
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
