import { connectHttp2 } from './http2-connection.mjs'
import { encodeRequest } from './http2-frames.mjs'
import { requestHeaders } from './target.mjs'

/**
 * Reads bodies one after the other over one connection, until `seconds` have passed but at least `atLeast` times, and
 * resolves to the milliseconds that each took and its bytes. When `paged`, one reading is all pages of the list, which
 * `path` must ask for with a limit.
 */
export async function readBodies({ target, path, accept, headers, paged = false, seconds, atLeast = 3 }) {
  const connection = await connectHttp2(target)
  const readings = []
  const until = performance.now() + seconds * 1000
  while (readings.length < atLeast || performance.now() < until) {
    const started = performance.now()
    let bytes = 0
    let pages = 0
    let token = ''
    do {
      const request = encodeRequest(
        requestHeaders(target, { method: 'GET', path: path + continued(token), accept, headers }),
      )
      const answer = await readBody(connection, request, paged)
      bytes += answer.bytes
      pages += 1
      token = answer.token
    } while (token)
    readings.push({ milliseconds: performance.now() - started, bytes, pages })
  }
  connection.close()
  return readings
}

function continued(token) {
  return token ? `&continue=${encodeURIComponent(token)}` : ''
}

/** Counts the bytes of a body. The continue token stands in the list's metadata, at the beginning of the body. */
function readBody(connection, request, wantsToken) {
  return new Promise((resolve, reject) => {
    let bytes = 0
    let start = ''
    connection.send(request, {
      data(piece) {
        bytes += piece.length
        if (start.length < 1024) start += piece.toString('latin1', 0, 1024)
      },
      end(error) {
        if (error) return reject(error)
        if (start.startsWith('{"kind":"Status"')) return reject(new Error(start.slice(0, 300)))
        resolve({ bytes, token: wantsToken ? (/"continue":"([^"]+)"/.exec(start)?.[1] ?? '') : '' })
      },
    })
  })
}
