import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configMap } from '../load/bodies.mjs'
import { rows } from '../report/row.mjs'
import { call, makeNamespace } from '../servers/call.mjs'
import { startFairlead, temporaryFolder } from '../servers/start.mjs'
import { measureGets } from './measure-gets.mjs'

export const title =
  'audit: get of one ConfigMap of 1 KB, without audit and with each request in a log (x is over none)'
export const ownServers = true

const shape = { connections: 8, streams: 8 }

/** The same server without audit, and at Metadata with two events a request, as requests wait for the log and as they do not. */
export async function run({ load, storage, seconds, rounds, cleanup }) {
  const modes = { raw: undefined, fairlead: 'blocking', reference: 'batch' }
  const servers = []
  for (const [name, mode] of Object.entries(modes)) {
    const folder = temporaryFolder(cleanup)
    const flags = mode === undefined ? [] : auditFlags(folder, mode)
    servers.push({ ...(await startFairlead({ folder, storage, cleanup, flags })), name })
  }
  const paths = new Map()
  for (const server of servers) paths.set(server, await makeObject(server, cleanup))
  const measured = await measureGets({ load, servers, seconds, rounds, shape, pathOf: (server) => paths.get(server) })
  const columns = [
    { what: 'requests', unit: 'requests/s', property: 'perSecond' },
    { what: '', unit: 'µs CPU/request', property: 'processorMicroseconds' },
    { what: '', unit: 'ms p99', property: 'p99' },
  ]
  const only = (name, label) =>
    rows({ fairlead: measured[name], raw: measured.raw }, columns).map((row) => ({ ...row, what: row.what && label }))
  return [...only('fairlead', 'log, mode blocking'), ...only('reference', 'log, mode batch')]
}

function auditFlags(folder, mode) {
  const policy = join(folder, 'policy.json')
  const rules = [{ level: 'Metadata' }]
  writeFileSync(policy, JSON.stringify({ kind: 'Policy', apiVersion: 'audit.k8s.io/v1', rules }))
  return ['--audit-policy-file', policy, '--audit-log-path', join(folder, 'audit.log'), '--audit-log-mode', mode]
}

async function makeObject(server, cleanup) {
  const path = await makeNamespace(server, cleanup)
  const body = JSON.parse(configMap(750))
  await call(server.target, { method: 'POST', path, body })
  return `${path}/${body.metadata.name}`
}
