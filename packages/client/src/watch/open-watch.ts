import { isJsonObject, type JsonObject, parseJson } from '@fairlead/apimachinery'
import type { WatchEvent } from '../object-types.ts'
import { eventError } from '../request/response-error.ts'
import type { ApiCall, Requester } from '../request/requester.ts'
import { createYielding } from '../yielding.ts'
import { lineBatches } from './line-batches.ts'
import { createStringSharing } from './shared-strings.ts'

/**
 * Reads one connection of a watch. ERROR events and a line that is no event are thrown. A server in the same process, which
 * sends without a pause as long as it is read, does not keep others from working.
 */
export async function* openWatch<T>(requester: Requester, call: ApiCall): AsyncGenerator<readonly WatchEvent<T>[]> {
  const response = await requester.send(call)
  const yielding = createYielding()
  const shareStrings = createStringSharing()
  for await (const lines of lineBatches(response.body)) {
    const events: WatchEvent<T>[] = []
    for (const line of lines) {
      const event = parseJson(line)
      if (!isJsonObject(event) || !isJsonObject(event['object'])) throw new Error('the watch sent what is no event')
      if (event['type'] === 'ERROR') {
        // What came before the error counts.
        if (events.length > 0) yield events
        throw eventError(event['object'])
      }
      shareStrings(event['object'])
      if (isKnown(event)) events.push(event as JsonObject as unknown as WatchEvent<T>)
    }
    if (events.length > 0) yield events
    const turn = yielding.turn()
    if (turn !== undefined) await turn
  }
}

/** Events of types that later servers may add are passed over. */
function isKnown({ type }: JsonObject): boolean {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK'
}
