import type { IncomingMessage } from 'node:http'
import type { ApiBody } from './https-client.ts'

/** One event of a watch. */
export interface WatchEvent {
  readonly type: string
  readonly object: ApiBody
}

/** Events of a watch as they come, one JSON line each. */
export class WatchStream {
  readonly #response: IncomingMessage
  readonly #lines: AsyncGenerator<string, void>

  constructor(response: IncomingMessage) {
    this.#response = response
    this.#lines = lines(response)
  }

  get headers(): IncomingMessage['headers'] {
    return this.#response.headers
  }

  /** The next event. Throws when the stream ends first. */
  async next(): Promise<WatchEvent> {
    const { value } = await this.#lines.next()
    if (value === undefined) throw new Error('the watch ended')
    return JSON.parse(value) as WatchEvent
  }

  async take(count: number): Promise<WatchEvent[]> {
    const events: WatchEvent[] = []
    while (events.length < count) events.push(await this.next())
    return events
  }

  /** Events up to and with the first that `last` accepts. */
  async until(last: (event: WatchEvent) => boolean): Promise<WatchEvent[]> {
    const events: WatchEvent[] = []
    for (;;) {
      const event = await this.next()
      events.push(event)
      if (last(event)) return events
    }
  }

  /** Everything up to the end, which must be a clean one: a connection that breaks throws. */
  async rest(): Promise<WatchEvent[]> {
    const events: WatchEvent[] = []
    for await (const line of this.#lines) events.push(JSON.parse(line) as WatchEvent)
    return events
  }

  close(): void {
    this.#response.destroy()
  }
}

async function* lines(source: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let pending: Buffer[] = []
  for await (const chunk of source) {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...pending, chunk.subarray(start, end)]).toString()
      pending = []
      start = end + 1
    }
    if (start < chunk.length) pending.push(chunk.subarray(start))
  }
  if (pending.length > 0) throw new Error(`the watch ended within an event: ${Buffer.concat(pending).toString()}`)
}
