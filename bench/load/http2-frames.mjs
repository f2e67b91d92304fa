/** The few HTTP/2 frames (RFC 9113) that a load generator sends. Requests are encoded once and sent many times. */

export const frameType = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 }
export const flag = { endStream: 1, ack: 1, endHeaders: 4 }

/** Bytes that the server may send on one stream before it must wait; what client-go grants. */
export const streamWindow = 4 * 1024 * 1024
/** The same for the whole connection. */
export const connectionWindow = 1024 * 1024 * 1024

const headerLength = 9

/** A frame with room for its stream, which `setStream` fills in. */
export function frame(type, flags, payload) {
  const bytes = Buffer.alloc(headerLength + payload.length)
  bytes.writeUIntBE(payload.length, 0, 3)
  bytes[3] = type
  bytes[4] = flags
  payload.copy(bytes, headerLength)
  return bytes
}

/** Says which stream the frame at `offset` belongs to. */
export function setStream(bytes, offset, stream) {
  bytes.writeUInt32BE(stream, offset + 5)
}

/** What opens a connection: the preface, our settings and a wide connection window. */
export function opening() {
  const settings = Buffer.alloc(12)
  settings.writeUInt16BE(2, 0) // ENABLE_PUSH
  settings.writeUInt32BE(0, 2)
  settings.writeUInt16BE(4, 6) // INITIAL_WINDOW_SIZE
  settings.writeUInt32BE(streamWindow, 8)
  return Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(frameType.settings, 0, settings),
    windowUpdate(0, connectionWindow - 65_535),
  ])
}

export function windowUpdate(stream, increment) {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(increment)
  const bytes = frame(frameType.windowUpdate, 0, payload)
  setStream(bytes, 0, stream)
  return bytes
}

/** Headers as HPACK literals that are neither indexed nor compressed: nothing to keep in step with the server. */
export function headerBlock(headers) {
  const parts = []
  for (const [name, value] of Object.entries(headers)) {
    parts.push(Buffer.from([0]), ...literal(name), ...literal(String(value)))
  }
  return Buffer.concat(parts)
}

function literal(text) {
  const bytes = Buffer.from(text)
  const length = []
  if (bytes.length < 127) length.push(bytes.length)
  else {
    length.push(127)
    let rest = bytes.length - 127
    for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128)
    length.push(rest)
  }
  return [Buffer.from(length), bytes]
}

/**
 * A request as the frames it is sent in, all with room for their stream. `body` is at most 16 KiB, so that it fits a
 * frame and the window that every server grants.
 */
export function encodeRequest(headers, body) {
  const head = frame(frameType.headers, flag.endHeaders | (body ? 0 : flag.endStream), headerBlock(headers))
  return body
    ? { bytes: Buffer.concat([head, frame(frameType.data, flag.endStream, body)]), dataAt: head.length }
    : { bytes: head }
}
