import {
  alreadyExists,
  deepCopy,
  generateName,
  generateNameConflict,
  plainError,
  StatusError,
} from '@fairlead/apimachinery'
import type { KubeObject } from '@fairlead/apimachinery'
import type { Creater } from '../rest/capabilities.ts'
import { commitObject } from './commit.ts'
import { storageKey } from './keys.ts'
import { admitNewObject, prepareForCreate } from './prepare-create.ts'
import type { Creation } from './prepare-create.ts'
import { bodyRevision, resourceVersionSyntaxError } from './resource-version.ts'
import type { StoreParts } from './store-parts.ts'
import type { KeptObject } from './stored-object.ts'
import { ensureNamespace, wipeSystemMetadata } from './system-metadata.ts'

const namesTried = 8

/** POST of a resource. With a generateName, a name that is taken is tried again with another one. */
export function createCreater(parts: StoreParts): Creater {
  return {
    async create(context, object, { namespace, dryRun, admit }) {
      const creation = { context, namespace, admit }
      wipeSystemMetadata(object.metadata)
      ensureNamespace(parts, object, namespace)
      await admitNewObject(parts, creation, object)
      const { metadata } = object
      if (metadata.name || !metadata.generateName) return createOnce(parts, creation, { object, dryRun })
      for (let left = namesTried; ; left--) {
        const named = deepCopy(object)
        named.metadata.name = generateName(metadata.generateName, parts.random)
        try {
          return await createOnce(parts, creation, { object: named, dryRun })
        } catch (error) {
          if (left === 1 || !StatusError.is(error) || error.reason !== 'AlreadyExists') throw error
        }
      }
    },
  }
}

async function createOnce(
  parts: StoreParts,
  creation: Creation,
  { object: wanted, dryRun }: { readonly object: KubeObject; readonly dryRun: boolean },
): Promise<KeptObject> {
  for (;;) {
    // What was assigned may be taken when it is to be stored; then it starts from what was wanted again.
    const object = parts.companions === undefined ? wanted : deepCopy(wanted)
    await prepareForCreate(parts, creation, object)
    const name = object.metadata.name ?? ''
    const key = storageKey(parts.form, { namespace: creation.namespace, name })
    if (!dryRun) refuseResourceVersion(object.metadata.resourceVersion)
    const result = await commitObject(parts, { key, previous: undefined, dryRun }, object)
    if (result.done) return result.object
    if (result.current !== undefined) throw nameIsTaken(parts, object, result.current)
  }
}

/** A malformed one is ignored, as it always was. */
function refuseResourceVersion(resourceVersion: string | undefined): void {
  if (!resourceVersion || resourceVersionSyntaxError(resourceVersion) !== undefined) return
  if (bodyRevision(resourceVersion) === 0) return
  throw plainError('resourceVersion should not be set on objects to be created')
}

function nameIsTaken(parts: StoreParts, object: KubeObject, current: KeptObject): StatusError {
  const name = object.metadata.name ?? ''
  const error = object.metadata.generateName
    ? generateNameConflict(parts.resource, name, 1)
    : alreadyExists(parts.resource, name)
  if (current.object().metadata.deletionTimestamp === undefined) return error
  return new StatusError({ ...error.status, message: `object is being deleted: ${error.message}` })
}
