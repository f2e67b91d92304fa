import { badRequest, formatTimestamp } from '@fairlead/apimachinery'
import type { KubeObject, ObjectMeta } from '@fairlead/apimachinery'
import type { StoreParts } from './store-parts.ts'

/** Drops what only the server may say about a new object. */
export function wipeSystemMetadata(metadata: ObjectMeta): void {
  delete metadata.uid
  delete metadata.creationTimestamp
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  delete metadata['selfLink']
}

/** Gives a new object its identity. */
export function fillSystemMetadata(parts: StoreParts, metadata: ObjectMeta): void {
  metadata.uid = parts.newUid()
  metadata.creationTimestamp = formatTimestamp(parts.clock.now())
}

/** Puts an object into the namespace of the request, and takes it out of all when the resource has none. */
export function ensureNamespace(parts: StoreParts, { metadata }: KubeObject, namespace: string): void {
  if (!parts.form.namespaced) {
    delete metadata.namespace
    return
  }
  metadata.namespace ||= namespace
  if (metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

/** Restores what an update cannot change and fills in what it may leave out. */
export function keepSystemMetadata(next: ObjectMeta, previous: ObjectMeta): void {
  if (!next.uid) assign(next, 'uid', previous.uid)
  assign(next, 'creationTimestamp', previous.creationTimestamp)
  if (previous.deletionTimestamp !== undefined) next.deletionTimestamp = previous.deletionTimestamp
  if ((next.deletionGracePeriodSeconds ?? undefined) === undefined) {
    assign(next, 'deletionGracePeriodSeconds', previous.deletionGracePeriodSeconds)
  }
  delete next['selfLink']
}

/** The generation is the server's own: it starts an update at its old value. */
export function keepGeneration(next: ObjectMeta, previous: ObjectMeta): void {
  assign(next, 'generation', previous.generation)
}

function assign<Name extends keyof ObjectMeta>(metadata: ObjectMeta, name: Name, value: ObjectMeta[Name]): void {
  if (value === undefined) delete metadata[name]
  else metadata[name] = value
}
