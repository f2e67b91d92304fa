import type { Writable } from 'node:stream'

/**
 * Sends a client's body on as it comes, no faster than the server takes it. `started` is called before the first byte.
 * Rejects when the body breaks off; a server that has stopped listening ends the sending without an error, because its
 * response says why. What is not read then is left to the client's connection: leaving the loop of a `for await` would
 * destroy that connection before the response is out.
 */
export async function sendBody(body: AsyncIterable<Uint8Array>, target: Writable, started: () => void): Promise<void> {
  const chunks = body[Symbol.asyncIterator]()
  let first = true
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    if (first) started()
    first = false
    if (target.destroyed || target.writableEnded) return
    if (!target.write(next.value)) await drained(target)
  }
  if (!target.destroyed) target.end()
}

function drained(target: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      target.off('drain', done).off('close', done)
      resolve()
    }
    target.on('drain', done).on('close', done)
  })
}
