import { configMap } from '../load/bodies.mjs'
import { budgets } from '../report/budgets.mjs'
import { rows } from '../report/row.mjs'
import { call, makeNamespace } from '../servers/call.mjs'
import { measureGets } from './measure-gets.mjs'

export const title = 'get: one ConfigMap of 1 KB, over TLS'

const shapes = [
  { what: 'HTTP/2, 8 connections x 8', connections: 8, streams: 8, budget: budgets.getPerSecond },
  { what: 'HTTP/2, 8 connections x 1', connections: 8, streams: 1 },
  { what: 'HTTP/2, 1 connection x 100', connections: 1, streams: 100 },
  { what: 'HTTP/1.1, 32 connections', connections: 32, streams: 1, http1: true },
]

export async function run({ servers, load, seconds, rounds, cleanup }) {
  const paths = new Map()
  for (const server of servers) paths.set(server, await makeObject(server, cleanup))
  const table = []
  for (const { what, budget, ...shape } of shapes) {
    const measured = await measureGets({ load, servers, seconds, rounds, shape, pathOf: (server) => paths.get(server) })
    table.push(
      ...rows(measured, [
        { what, unit: 'requests/s', property: 'perSecond', budget },
        { what: '', unit: 'µs CPU/request', property: 'processorMicroseconds' },
        { what: '', unit: 'ms p50', property: 'p50' },
        { what: '', unit: 'ms p99', property: 'p99' },
      ]),
    )
  }
  return table
}

async function makeObject(server, cleanup) {
  if (server.name === 'raw') return '/'
  const path = await makeNamespace(server, cleanup)
  const body = JSON.parse(configMap(750)) // with the server's metadata about 1 KB
  await call(server.target, { method: 'POST', path, body })
  return `${path}/${body.metadata.name}`
}
