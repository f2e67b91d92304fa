import { connectHttp2 } from './http2-connection.mjs'
import { encodeRequest } from './http2-frames.mjs'
import { requestHeaders } from './target.mjs'

/**
 * Reads documents as a client does that has just been started: over a connection of its own each time, `first` one after
 * the other and then all of `rest` at once. Goes on until `seconds` have passed but at least three times, and resolves to the
 * milliseconds that each reading took and its bytes.
 */
export async function readDocuments({ target, first, rest = [], accept, headers, seconds }) {
  const encode = (path) => encodeRequest(requestHeaders(target, { method: 'GET', path, accept, headers }))
  const readings = []
  const until = performance.now() + seconds * 1000
  while (readings.length < 3 || performance.now() < until) {
    const started = performance.now()
    const connection = await connectHttp2(target)
    let bytes = 0
    for (const path of first) bytes += await readDocument(connection, encode(path))
    for (const size of await Promise.all(rest.map((path) => readDocument(connection, encode(path))))) bytes += size
    readings.push({ milliseconds: performance.now() - started, bytes })
    connection.close()
  }
  return readings
}

/** Resolves to the length of a document. */
function readDocument(connection, request) {
  return new Promise((resolve, reject) => {
    let bytes = 0
    connection.send(request, {
      data(piece) {
        bytes += piece.length
      },
      end: (error) => (error ? reject(error) : resolve(bytes)),
    })
  })
}
