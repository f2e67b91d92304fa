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

async function ensure(call: LoopbackCall, entry: ServerOwnedObject): Promise<void> {
  const { collection, object } = entry
  const path = `${collection}/${object.metadata.name}`
  const found = await call('GET', path)
  if (found.status === 404) {
    const created = await call('POST', collection, object)
    checkAnswer(`create ${path}`, created, 201, 409)
    return
  }
  checkAnswer(`read ${path}`, found, 200)
  const wanted = maintainedFields(found.body, entry)
  if (deepEqual(wanted, found.body)) return
  const updated = await call('PUT', path, wanted)
  checkAnswer(`update ${path}`, updated, 200, 409)
}

/** Lays the maintained fields over the current object; fields inside them that only the server's defaulting set stay. */
function maintainedFields(current: JsonObject, { object, maintained = [], fixed = [] }: ServerOwnedObject): JsonObject {
  const wanted: JsonObject = { ...current }
  for (const field of maintained) {
    const value = object[field]
    const before = current[field]
    wanted[field] = isObject(value) && isObject(before) ? { ...before, ...value, ...pick(before, fixed) } : value
  }
  return wanted
}

function pick(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(fields.flatMap((field) => (field in object ? [[field, object[field]]] : [])))
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
