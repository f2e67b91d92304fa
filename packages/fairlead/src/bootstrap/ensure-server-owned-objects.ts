import { deepEqual, type JsonObject } from '@fairlead/apimachinery'
import { checkAnswer, type LoopbackCall } from './loopback-call.ts'
import type { ServerOwnedObject } from './server-owned-objects.ts'

/**
 * Creates what is missing and puts maintained fields right. Objects that users changed otherwise stay as they are.
 * Safe to run from several servers at once: who comes second finds the object there. Namespaces come first.
 */
export async function ensureServerOwnedObjects(
  call: LoopbackCall,
  objects: readonly ServerOwnedObject[],
): Promise<void> {
  const isNamespace = (entry: ServerOwnedObject) => entry.object.kind === 'Namespace'
  await Promise.all(objects.filter(isNamespace).map((entry) => ensure(call, entry)))
  await Promise.all(objects.filter((entry) => !isNamespace(entry)).map((entry) => ensure(call, entry)))
}

async function ensure(call: LoopbackCall, { collection, object, maintained = [] }: ServerOwnedObject): Promise<void> {
  const path = `${collection}/${object.metadata.name}`
  const found = await call('GET', path)
  if (found.status === 404) {
    const created = await call('POST', collection, object)
    checkAnswer(`create ${path}`, created, 201, 409)
    return
  }
  checkAnswer(`read ${path}`, found, 200)
  const wanted = maintainedFields(found.body, object, maintained)
  if (deepEqual(wanted, found.body)) return
  const updated = await call('PUT', path, wanted)
  checkAnswer(`update ${path}`, updated, 200, 409)
}

/** Lays the maintained fields over the current object; fields inside them that only the server's defaulting set stay. */
function maintainedFields(current: JsonObject, object: JsonObject, maintained: readonly string[]): JsonObject {
  const wanted: JsonObject = { ...current }
  for (const field of maintained) {
    const value = object[field]
    const before = current[field]
    wanted[field] = isObject(value) && isObject(before) ? { ...before, ...value } : value
  }
  return wanted
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
