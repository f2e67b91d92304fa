import { connect } from 'node:tls'
import { tlsOptions } from './http2-connection.mjs'

const endOfHead = Buffer.from('\r\n\r\n')

/**
 * Opens an HTTP/1.1 connection that is kept alive and carries one request after the other. Like `connectHttp2`, for
 * answers that have a content-length.
 */
export function connectHttp1(target) {
  const socket = connect({ ...tlsOptions(target), ALPNProtocols: ['http/1.1'] })
  let receiver
  let head = Buffer.alloc(0)
  let missing = -1

  const finish = (error) => {
    const finished = receiver
    receiver = undefined
    missing = -1
    finished?.end(error)
  }
  socket.on('data', (chunk) => {
    let body = chunk
    if (missing === -1) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
      const at = head.indexOf(endOfHead)
      if (at === -1) return
      const length = /\r\ncontent-length: *(\d+)/i.exec(head.toString('latin1', 0, at))
      if (!length) return finish(new Error('an answer without content-length'))
      missing = Number(length[1])
      body = head.subarray(at + endOfHead.length)
      head = Buffer.alloc(0)
    }
    missing -= body.length
    if (body.length > 0) receiver?.data(body)
    if (missing <= 0) finish()
  })
  socket.on('error', finish)
  socket.on('close', () => finish(new Error('connection closed')))

  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('secureConnect', () =>
      resolve({
        send(request, next) {
          receiver = next
          socket.write(request.bytes)
        },
        close: () => {
          receiver = undefined
          socket.destroy()
        },
      }),
    )
  })
}

/** A request as the bytes it is sent in. */
export function encodeHttp1Request({
  ':method': method,
  ':path': path,
  ':authority': host,
  ':scheme': _scheme,
  ...headers
}) {
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return { bytes: Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`) }
}
