import { summarize } from '../report/statistics.mjs'
import { connectHttp2 } from './http2-connection.mjs'
import { encodeRequest } from './http2-frames.mjs'
import { numberedRequest } from './numbered-request.mjs'
import { requestHeaders } from './target.mjs'

const newline = 0x0a
/** Events that are created but not with every watcher yet: a server bounds what it keeps for a slow watcher. */
const ahead = 8

/**
 * Opens `watchers` watches over `connections` connections, creates objects until `seconds` have passed or `limit` were
 * created, and resolves when every watcher has got every event: deliveries per second (creating included), and
 * milliseconds from sending an object to its last delivery.
 *
 * With `settle` it waits that many milliseconds between opening the watches and the first object.
 */
export async function watchFanOut({
  target,
  watchers,
  connections,
  watchPath,
  createPath,
  body,
  firstNumber = 0,
  seconds,
  limit,
  settle = 300,
}) {
  const opened = await Promise.all(Array.from({ length: connections }, () => connectHttp2(target)))
  const creator = await connectHttp2(target)
  const watch = encodeRequest(requestHeaders(target, { method: 'GET', path: watchPath }))
  const create = numberedRequest(requestHeaders(target, { method: 'POST', path: createPath }), body)

  const sentAt = []
  const lags = []
  /** By event: how many watchers have it. */
  const received = []
  let complete = 0
  let failure
  let wake = () => {}
  const fail = (error) => {
    failure ??= error
    wake()
  }
  const deliver = (event) => {
    received[event] = (received[event] ?? 0) + 1
    if (received[event] < watchers) return
    complete += 1
    lags.push(performance.now() - sentAt[event])
    wake()
  }
  for (let index = 0; index < watchers; index++) opened[index % connections].send(watch, watcher(deliver, fail))
  await new Promise((resolve) => setTimeout(resolve, settle))

  const started = performance.now()
  const until = started + seconds * 1000
  let sent = 0
  while (!failure && (complete < sent || (sent < limit && performance.now() < until))) {
    while (sent < limit && sent - complete < ahead && performance.now() < until) {
      sentAt[sent] = performance.now()
      creator.send(create(firstNumber + sent), { data() {}, end: (error) => error && fail(error) })
      sent += 1
    }
    if (complete < sent && !failure)
      await within(10_000, (resolve) => {
        wake = resolve
      })
  }
  const elapsed = performance.now() - started
  for (const connection of [...opened, creator]) connection.close()
  if (failure) throw failure
  const deliveries = received.reduce((sum, count) => sum + count, 0)
  if (deliveries !== sent * watchers)
    throw new Error(`${deliveries} deliveries of ${sent} objects to ${watchers} watchers`)
  return { events: sent, deliveries, perSecond: (deliveries / elapsed) * 1000, lag: summarize(lags) }
}

/** Counts the events of one watch; each ends with a newline. Events of one watch come in the order of their objects. */
function watcher(deliver, fail) {
  let event = 0
  return {
    data(bytes) {
      for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) deliver(event++)
    },
    end: (error) => fail(error ?? new Error('the server ended a watch')),
  }
}

function within(milliseconds, executor) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no delivery for ${milliseconds} ms`)), milliseconds)
    executor(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
