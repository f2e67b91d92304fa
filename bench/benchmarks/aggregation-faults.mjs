import { configMap } from '../load/bodies.mjs'
import { rows } from '../report/row.mjs'
import { forgetGroups, registerGroups, startBackends } from '../servers/api-services.mjs'
import { call, makeNamespace } from '../servers/call.mjs'
import { startFairlead, temporaryFolder } from '../servers/start.mjs'
import { measureGets } from './measure-gets.mjs'

export const title =
  'aggregation faults: get of one ConfigMap of 1 KB while 10 faulty extension servers are registered, beside none (x is over none)'
export const ownServers = true

const shapes = [
  { what: 'HTTP/2, 8 connections x 8', connections: 8, streams: 8 },
  { what: 'HTTP/2, 8 connections x 1', connections: 8, streams: 1 },
]

/** What stands behind each of the groups. */
const faults = ['hanging', 'hanging', 'hanging', 'refused', 'refused', 'refused', 'slow', 'slow', 'garbage', 'garbage']

/**
 * One server, so that all that the faults cost it falls into the turns with them. They are registered anew in each, at its
 * beginning, which is when the server has most to do with them.
 */
export async function run({ load, storage, seconds, rounds, profile, cleanup }) {
  const folder = temporaryFolder(cleanup)
  const { target, pid } = await startFairlead({ folder, storage, profile, cleanup })
  const path = await makeObject({ name: 'fairlead', target }, cleanup)
  const backends = await startBackends({ folder, cleanup })
  const groups = Object.fromEntries(faults.map((fault, index) => [`g${index}.${fault}.example.com`, backends[fault]]))
  let registered = false
  const turns = {
    async raw() {
      if (registered) await forgetGroups(target, Object.keys(groups))
      registered = false
    },
    async fairlead() {
      if (!registered) await registerGroups(target, groups)
      registered = true
    },
  }
  const servers = Object.entries(turns).map(([name, prepare]) => ({ name, target, pid, prepare }))
  const table = []
  for (const { what, ...shape } of shapes) {
    const measured = await measureGets({ load, servers, seconds, rounds, shape, pathOf: () => path })
    table.push(
      ...rows(measured, [
        { what, unit: 'requests/s', property: 'perSecond' },
        { what: '', unit: 'µs CPU/request', property: 'processorMicroseconds' },
        { what: '', unit: 'ms p50', property: 'p50' },
        { what: '', unit: 'ms p99', property: 'p99' },
      ]),
    )
  }
  return table
}

async function makeObject(server, cleanup) {
  const path = await makeNamespace(server, cleanup)
  const body = JSON.parse(configMap(750))
  await call(server.target, { method: 'POST', path, body })
  return `${path}/${body.metadata.name}`
}
