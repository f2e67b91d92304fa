import { summarize } from '../report/statistics.mjs'
import { connectHttp1, encodeHttp1Request } from './http1-connection.mjs'
import { connectHttp2 } from './http2-connection.mjs'
import { encodeRequest } from './http2-frames.mjs'
import { numberedRequest } from './numbered-request.mjs'
import { requestHeaders } from './target.mjs'

/**
 * Keeps `connections` x `streams` requests in flight until `seconds` have passed or `limit` requests were sent, and
 * resolves to requests per second and latencies in milliseconds. Every answer must begin with `expect`.
 *
 * With `bodies` the requests carry them in turns, and each gets the next number from `firstNumber` on.
 */
export async function requestRate({
  target,
  connections,
  streams,
  seconds,
  limit = 1e6,
  expect,
  http1 = false,
  ...job
}) {
  const opened = await Promise.all(
    Array.from({ length: connections }, () => (http1 ? connectHttp1(target) : connectHttp2(target))),
  )
  const nextRequest = requestMaker({ target, http1, ...job })
  const expected = Buffer.from(expect)
  const latencies = []
  let sent = 0
  let inFlight = 0
  let failure
  const started = performance.now()
  const until = started + seconds * 1000

  await new Promise((resolve) => {
    const next = (connection) => {
      if (failure || sent >= limit || performance.now() >= until) {
        if (inFlight === 0) resolve()
        return
      }
      sent += 1
      inFlight += 1
      const from = performance.now()
      let first
      connection.send(nextRequest(), {
        data(bytes) {
          first ??= bytes
        },
        end(error) {
          inFlight -= 1
          latencies.push(performance.now() - from)
          failure ??= error ?? unexpected(first, expected)
          next(connection)
        },
      })
    }
    for (let stream = 0; stream < streams; stream++) for (const connection of opened) next(connection)
  })
  const elapsed = performance.now() - started
  for (const connection of opened) connection.close()
  if (failure) throw failure
  return { requests: sent, perSecond: (sent / elapsed) * 1000, latency: summarize(latencies) }
}

function requestMaker({ target, http1, method, path, accept, bodies, firstNumber = 0 }) {
  if (bodies === undefined) {
    const headers = requestHeaders(target, { method, path, accept })
    const request = http1 ? encodeHttp1Request(headers) : encodeRequest(headers)
    return () => request
  }
  const requests = bodies.map((body) => numberedRequest(requestHeaders(target, { method, path, accept }), body))
  let number = firstNumber
  return () => {
    number += 1
    return requests[number % requests.length](number - 1)
  }
}

/** An error when the answer does not begin as it should. Short first pieces are compared as far as they go. */
function unexpected(first, expected) {
  if (first !== undefined && first.length > 0) {
    const length = Math.min(first.length, expected.length)
    if (first.compare(expected, 0, length, 0, length) === 0) return undefined
  }
  return new Error(`unexpected answer: ${first?.toString('utf8', 0, 300) ?? 'no body'}`)
}
