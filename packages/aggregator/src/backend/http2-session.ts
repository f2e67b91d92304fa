import { type ClientHttp2Session, connect } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Clock } from '@fairlead/apimachinery'

/** Until the server tells how many streams it takes at a time. */
const initialStreams = 100
const pingInterval = 30_000
const pingTimeout = 15_000
/** An unused connection is closed after this time. */
const idleTimeout = 90_000
/** Bytes that a server may send ahead: per connection, and per stream. A slow client holds up its own stream only. */
const connectionWindow = 8 << 20
const streamWindow = 256 << 10
/** Megabytes that streams whose clients are slow may hold together, before new ones are refused. */
const sessionMemory = 256

/** One HTTP/2 connection to a server. */
export interface BackendSession {
  readonly session: ClientHttp2Session
  /** Whether another stream fits. */
  readonly hasRoom: boolean
  /** Counts a stream; the function returned counts it out. */
  enter(): () => void
  /** No new streams; closed when the last one has ended. */
  retire(): void
  destroy(): void
}

/**
 * Starts HTTP/2 on a connection. A server that stops answering pings is given up, so that a connection whose other end
 * vanished without a word costs 45 seconds at most. `onGone` is called once, when no more streams may be opened.
 */
export function startHttp2(socket: TLSSocket, clock: Clock, onGone: () => void): BackendSession {
  const session = connect(`https://${socket.remoteAddress ?? 'backend'}`, {
    createConnection: () => socket,
    maxSessionMemory: sessionMemory,
    settings: { enablePush: false, initialWindowSize: streamWindow },
  })
  let capacity = initialStreams
  let streams = 0
  let retired = false
  let cancelIdle = (): void => {}
  let cancelPing = clock.after(pingInterval, ping)

  function gone(): void {
    if (retired) return
    retired = true
    cancelIdle()
    onGone()
  }

  function ping(): void {
    const cancelTimeout = clock.after(pingTimeout, () => session.destroy(new Error('http2: client connection lost')))
    const sent = !session.destroyed && session.ping(() => cancelTimeout())
    if (!sent) cancelTimeout()
    cancelPing = clock.after(pingInterval, ping)
  }

  session.on('connect', () => session.setLocalWindowSize(connectionWindow))
  session.on('remoteSettings', ({ maxConcurrentStreams }) => {
    capacity = Math.max(1, maxConcurrentStreams ?? Number.POSITIVE_INFINITY)
  })
  session.on('goaway', gone)
  // Errors reach the streams; without a listener they would end the process.
  session.on('error', gone)
  session.on('close', () => {
    cancelPing()
    gone()
  })
  return {
    session,
    get hasRoom() {
      return !retired && !session.closed && !session.destroyed && streams < capacity
    },
    enter() {
      streams += 1
      cancelIdle()
      return () => {
        streams -= 1
        if (streams > 0) return
        if (retired) session.close()
        else cancelIdle = clock.after(idleTimeout, () => session.close())
      }
    },
    retire() {
      gone()
      if (streams === 0) session.close()
    },
    destroy: () => session.destroy(),
  }
}
