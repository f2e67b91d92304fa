// Extension servers for the aggregation layer, good and bad, each on a port of its own. Argument: the folder with the
// certificates. Prints one line of JSON: their URLs by what they do.
import { readFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import { createServer } from 'node:net'
import { join } from 'node:path'

const [folder] = process.argv.slice(2)
const tls = {
  allowHTTP1: true,
  cert: readFileSync(join(folder, 'apiserver.crt')),
  key: readFileSync(join(folder, 'apiserver.key')),
}
const garbage = Buffer.alloc(1024 * 1024, 'x')

const servers = {
  /** Says what it serves, whatever the group. */
  healthy: discover,
  /** Takes requests and never answers. */
  hanging: () => {},
  /** Answers after so long that whoever asked has nearly given up. */
  slow: (request, response) => setTimeout(discover, 4000, request, response),
  /** Says what it serves, and describes it in 50 MB that are no document. */
  garbage(request, response) {
    if (request.url.startsWith('/openapi/v2')) void sendGarbage(response)
    else discover(request, response)
  },
}

const urls = { refused: `https://127.0.0.1:${await portOfNobody()}` }
for (const [name, handle] of Object.entries(servers)) {
  const server = createSecureServer(tls, (request, response) => {
    response.on('error', () => {})
    handle(request, response)
  })
  server.on('sessionError', () => {})
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  urls[name] = `https://127.0.0.1:${server.address().port}`
}
process.on('SIGINT', () => {})
process.on('SIGTERM', () => process.exit())
process.stdout.write(`backends ${JSON.stringify(urls)}\n`)

/** What a group-version has; nothing else is there. */
function discover({ url }, response) {
  const [, apis, group, version, rest] = url.split('/')
  if (apis !== 'apis' || version === undefined || rest !== undefined) {
    response.statusCode = 404
    response.end('404 page not found\n')
    return
  }
  response.setHeader('content-type', 'application/json')
  response.end(
    JSON.stringify({
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: `${group}/${version}`,
      resources: ['things', 'parts', 'orders'].map((name) => ({
        name,
        singularName: name.slice(0, -1),
        namespaced: true,
        kind: name[0].toUpperCase() + name.slice(1, -1),
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      })),
    }),
  )
}

async function sendGarbage(response) {
  response.setHeader('content-type', 'application/json')
  for (let left = 50; left > 0 && !response.destroyed; left--) {
    if (!response.write(garbage)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve))
  }
  response.end()
}

/** A port on which nobody listens. */
async function portOfNobody() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}
