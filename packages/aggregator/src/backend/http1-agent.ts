import { Agent } from 'node:http'
import type { Duplex } from 'node:stream'

/** Makes a connection on which HTTP/1.1 is spoken. */
export type Connect = () => Promise<Duplex>

/** An agent whose connections come from `connect`; unused ones are kept for a minute and a half. */
export function createHttp1Agent(connect: Connect): Agent {
  return new DialingAgent(connect)
}

class DialingAgent extends Agent {
  readonly #connect: Connect

  constructor(connect: Connect) {
    super({ keepAlive: true, timeout: 90_000 })
    this.#connect = connect
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, connection: Duplex) => void,
  ): Duplex | undefined {
    // node:http wants its answer in a callback.
    // oxlint-disable promise/no-callback-in-promise
    this.#connect().then(
      (socket) => callback?.(null, socket),
      (error: Error) => callback?.(error, undefined as never),
    )
    // oxlint-enable promise/no-callback-in-promise
    return undefined
  }
}
