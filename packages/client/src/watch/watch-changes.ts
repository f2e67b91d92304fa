import { StatusError } from '@fairlead/apimachinery'
import { type ObjectKey, objectKey } from '../object-key.ts'
import { initialEventsEnd, type ObjectLike, type WatchEvent } from '../object-types.ts'
import type { WatchOptions } from '../resource/options.ts'
import { type Reflected, reflect, type ReflectorSource, type ReflectorTimes } from './reflect.ts'

/** The watch that users see: what a reflector finds, told as changes. */
export async function* watchChanges<T extends ObjectLike>(
  options: WatchOptions & { readonly source: ReflectorSource<T>; readonly times: ReflectorTimes },
): AsyncGenerator<WatchEvent<T>> {
  const { bookmarks = false, ...rest } = options
  const known = options.resourceVersion === undefined ? new Map<ObjectKey, T>() : undefined
  const isFatal = (error: unknown): boolean =>
    isRefusal(error) || (known === undefined && StatusError.is(error) && error.code === 410)
  let hasBegun = false
  for await (const step of reflect<T>({ ...rest, isFatal })) {
    if (step.type === 'replaced' && known !== undefined) yield* differences(known, step.objects)
    if (step.type === 'changed') {
      for (const event of step.events) {
        if (event.type === 'DELETED') known?.delete(objectKey(event.object))
        else known?.set(objectKey(event.object), event.object)
        yield event
      }
    }
    if (bookmarks) yield bookmark(step, step.type === 'replaced' && !hasBegun)
    hasBegun = true
  }
}

function* differences<T extends ObjectLike>(known: Map<ObjectKey, T>, objects: readonly T[]): Generator<WatchEvent<T>> {
  const present = new Map(objects.map((object) => [objectKey(object), object]))
  for (const [key, last] of known) {
    const object = present.get(key)
    if (object !== undefined && object.metadata?.uid === last.metadata?.uid) continue
    known.delete(key)
    yield { type: 'DELETED', object: last }
  }
  for (const [key, object] of present) {
    const before = known.get(key)
    if (before !== undefined && before.metadata?.resourceVersion === object.metadata?.resourceVersion) continue
    known.set(key, object)
    yield { type: before === undefined ? 'ADDED' : 'MODIFIED', object }
  }
}

function bookmark<T>({ resourceVersion }: Reflected<T>, endsInitial: boolean): WatchEvent<T> {
  const annotations = endsInitial ? { annotations: { [initialEventsEnd]: 'true' } } : {}
  return { type: 'BOOKMARK', object: { metadata: { resourceVersion, ...annotations } } }
}

/** Waiting does not help: the request itself is refused. */
function isRefusal(error: unknown): boolean {
  return StatusError.is(error) && error.code >= 400 && error.code < 500 && ![408, 410, 429].includes(error.code)
}
