import { connect } from 'node:tls'
import {
  connectionWindow,
  flag,
  frame,
  frameType,
  opening,
  setStream,
  streamWindow,
  windowUpdate,
} from './http2-frames.mjs'

/**
 * Opens an HTTP/2 connection that costs its process little: it looks at frame headers only, hands data on as it comes,
 * and leaves response headers undecoded. Whether an answer is good is told from its body.
 *
 * `send(request, receiver)` sends what `encodeRequest` made; `receiver` has `data(bytes)`, called for every piece of the
 * body, and `end(error)`, called once. Resolves when the server has sent its settings.
 */
export function connectHttp2(target) {
  const socket = connect({ ...tlsOptions(target), ALPNProtocols: ['h2'] })
  const receivers = new Map()
  const unacknowledged = new Map()
  let nextStream = 1
  let consumed = 0
  let pending = []
  let ready

  const write = (bytes) => {
    // One write for all that a turn of the event loop sends: a write is a TLS record and a system call.
    if (pending.length === 0) setImmediate(flush)
    pending.push(bytes)
  }
  const flush = () => {
    const bytes = pending.length === 1 ? pending[0] : Buffer.concat(pending)
    pending = []
    if (!socket.destroyed) socket.write(bytes)
  }
  const finish = (stream, error) => {
    const receiver = receivers.get(stream)
    receivers.delete(stream)
    unacknowledged.delete(stream)
    receiver?.end(error)
  }
  const fail = (error) => {
    for (const stream of receivers.keys()) finish(stream, error)
  }

  /** `payload` is the whole payload of all frames but DATA, whose pieces are told by `data`. */
  const onFrame = (type, flags, stream, payload) => {
    if (type === frameType.settings && (flags & flag.ack) === 0) {
      write(frame(frameType.settings, flag.ack, Buffer.alloc(0)))
      ready()
    } else if (type === frameType.ping && (flags & flag.ack) === 0) write(frame(frameType.ping, flag.ack, payload))
    else if (type === frameType.reset) finish(stream, new Error(`stream reset with code ${payload.readUInt32BE()}`))
    else if (type === frameType.goAway) fail(new Error(`connection closed with code ${payload.readUInt32BE(4)}`))
    if ((type === frameType.data || type === frameType.headers) && (flags & flag.endStream) !== 0) finish(stream)
  }
  const onData = (stream, bytes) => {
    receivers.get(stream)?.data(bytes)
    consumed += bytes.length
    if (consumed > connectionWindow / 2) {
      write(windowUpdate(0, consumed))
      consumed = 0
    }
    const open = (unacknowledged.get(stream) ?? 0) + bytes.length
    if (open > streamWindow / 4 && receivers.has(stream)) write(windowUpdate(stream, open))
    unacknowledged.set(stream, open > streamWindow / 4 ? 0 : open)
  }
  socket.on('data', frameReader(onFrame, onData))
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('connection closed')))

  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      if (socket.alpnProtocol === 'h2') socket.write(opening())
      else reject(new Error('the server does not speak HTTP/2'))
    })
    ready = () =>
      resolve({
        send(request, receiver) {
          const stream = nextStream
          nextStream += 2
          const bytes = Buffer.from(request.bytes)
          setStream(bytes, 0, stream)
          if (request.dataAt !== undefined) setStream(bytes, request.dataAt, stream)
          receivers.set(stream, receiver)
          write(bytes)
        },
        close: () => {
          receivers.clear()
          socket.destroy()
        },
      })
  })
}

/** The TLS options for a target: who to trust and who we are. */
export function tlsOptions({ url, ca, cert, key }) {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) || 443, ca, cert, key, servername: 'localhost', noDelay: true }
}

/** Cuts a byte stream into frames. The bytes of DATA frames are handed on as they come, without being gathered. */
function frameReader(onFrame, onData) {
  const header = Buffer.alloc(9)
  let headerFill = 0
  let payload
  let payloadFill = 0
  let missing = 0
  const begin = () => {
    missing = header.readUIntBE(0, 3)
    payload = header[3] === frameType.data ? undefined : Buffer.alloc(missing)
    payloadFill = 0
  }
  const stream = () => header.readUInt32BE(5) & 0x7fffffff
  return (chunk) => {
    let at = 0
    while (at < chunk.length || (headerFill === 9 && missing === 0)) {
      if (headerFill < 9) {
        const taken = Math.min(9 - headerFill, chunk.length - at)
        chunk.copy(header, headerFill, at, at + taken)
        headerFill += taken
        at += taken
        if (headerFill < 9) return
        begin()
      }
      const taken = Math.min(missing, chunk.length - at)
      if (taken > 0) {
        if (payload) payloadFill += chunk.copy(payload, payloadFill, at, at + taken)
        else onData(stream(), chunk.subarray(at, at + taken))
        at += taken
        missing -= taken
      }
      if (missing > 0) return
      headerFill = 0
      onFrame(header[3], header[4], stream(), payload)
    }
  }
}
