import type { ObjectLike } from '../object-types.ts'
import type { ResourceReader } from '../resource/resource-client.ts'

/** Whether an object is as it is waited for; undefined is an object that is not there. */
export type WaitCondition<T> = (object: T | undefined) => boolean

/**
 * Watches one object until the condition holds, and resolves with the object as it is then, which may be undefined. Waits
 * for ever unless the signal is aborted, and then rejects with its reason; rejects too when the server refuses the watch.
 */
export async function awaitCondition<T extends ObjectLike>(
  resource: Pick<ResourceReader<T>, 'watch'>,
  name: string,
  condition: WaitCondition<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const events = resource.watch({
    fieldSelector: `metadata.name=${name}`,
    bookmarks: true,
    ...(signal === undefined ? {} : { signal }),
  })
  let isAbsenceKnown = false
  for await (const event of events) {
    if (event.type === 'BOOKMARK') {
      // The first one says that all is told of what was there.
      if (isAbsenceKnown) continue
      isAbsenceKnown = true
      if (condition(undefined)) return undefined
    } else {
      isAbsenceKnown = true
      const object = event.type === 'DELETED' ? undefined : event.object
      if (condition(object)) return object
    }
  }
  signal?.throwIfAborted()
  throw new Error(`the watch of ${name} has ended`)
}
