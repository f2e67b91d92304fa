// The raw baseline: the least that a Node server on this machine does for the same traffic. It authenticates nobody,
// parses nothing and stores nothing. Arguments: the folder with the certificates.
import { readFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import { join } from 'node:path'
import { oneKilobyteAnswer } from './load/bodies.mjs'

const [folder] = process.argv.slice(2)
const answer = Buffer.from(oneKilobyteAnswer)
const headers = {
  'content-type': 'application/json',
  'content-length': answer.length,
  'cache-control': 'no-cache, private',
}
const chunk = Buffer.alloc(64 * 1024, 'x')
const watches = new Set()

const server = createSecureServer({
  allowHTTP1: true,
  cert: readFileSync(join(folder, 'apiserver.crt')),
  key: readFileSync(join(folder, 'apiserver.key')),
  ca: readFileSync(join(folder, 'ca.crt')),
  requestCert: true,
  rejectUnauthorized: false,
  settings: { maxConcurrentStreams: 1000, initialWindowSize: 1024 * 1024 },
})
server.on('request', (_, response) => {
  response.writeHead(200, headers)
  response.end(answer)
})
// A listener for requests makes Node build request objects for streams too, which cost as much again.
server.removeAllListeners('stream')
server.on('stream', (stream, { ':method': method, ':path': path }) => {
  stream.on('error', () => stream.destroy())
  if (method === 'POST') create(stream)
  else if (path.includes('watch=')) openWatch(stream)
  else if (path.includes('raw-bytes=')) void list(stream, Number(/raw-bytes=(\d+)/.exec(path)[1]))
  else respond(stream, 200)
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`raw server at https://127.0.0.1:${server.address().port}\n`)
})
process.on('SIGINT', () => {})
process.on('SIGTERM', () => process.exit())

function respond(stream, status) {
  stream.respond({ ':status': status, ...headers })
  stream.end(answer)
}

/** Answers when the body is whole, and sends it to every watch. */
function create(stream) {
  const pieces = []
  stream.on('data', (piece) => pieces.push(piece))
  stream.on('end', () => {
    respond(stream, 201)
    if (watches.size === 0) return
    const event = Buffer.concat([Buffer.from('{"type":"ADDED","object":'), ...pieces, Buffer.from('}\n')])
    for (const watch of watches) watch.write(event)
  })
}

function openWatch(stream) {
  stream.respond({ ':status': 200, 'content-type': 'application/json' })
  watches.add(stream)
  stream.on('close', () => watches.delete(stream))
}

async function list(stream, bytes) {
  stream.respond({ ':status': 200, 'content-type': 'application/json' })
  for (let missing = bytes; missing > 0 && !stream.destroyed; missing -= chunk.length) {
    if (!stream.write(missing < chunk.length ? chunk.subarray(0, missing) : chunk)) {
      await new Promise((resolve) => stream.once('drain', resolve).once('close', resolve))
    }
  }
  stream.end()
}
