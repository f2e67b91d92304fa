import { request } from 'node:https'
import { tlsOptions } from '../load/http2-connection.mjs'
import { requireLoopback } from '../load/target.mjs'

/** One call for bookkeeping: resolves to the parsed answer. Throws for a status over 299 unless it is in `allowed`. */
export function call(target, options) {
  const {
    method = 'GET',
    path,
    body,
    contentType = 'application/json',
    accept = 'application/json',
    allowed = [],
  } = options
  requireLoopback(target.url)
  const headers = {
    accept,
    ...(body === undefined ? {} : { 'content-type': contentType }),
    ...(target.token === undefined ? {} : { authorization: `Bearer ${target.token}` }),
  }
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...tlsOptions(target), method, path, headers, agent: false }, (incoming) => {
      const pieces = []
      incoming.on('data', (piece) => pieces.push(piece))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const text = Buffer.concat(pieces).toString('utf8')
        const good = incoming.statusCode < 300 || allowed.includes(incoming.statusCode)
        if (!good) reject(new Error(`${method} ${path}: ${incoming.statusCode} ${text.slice(0, 300)}`))
        else resolve(text.startsWith('{') ? JSON.parse(text) : text)
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** Makes a namespace for one benchmark; it and what is in it are deleted at the end. Returns its ConfigMaps' path. */
export async function makeNamespace(server, cleanup) {
  const name = `bench-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  await call(server.target, { method: 'POST', path: '/api/v1/namespaces', body: namespace })
  const path = `/api/v1/namespaces/${name}/configmaps`
  cleanup.add(async () => {
    if (server.name === 'fairlead') return // Its data folder goes as a whole.
    await call(server.target, { method: 'DELETE', path })
    await call(server.target, { method: 'DELETE', path: `/api/v1/namespaces/${name}` })
  })
  return path
}
