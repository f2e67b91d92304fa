import { configMap } from '../load/bodies.mjs'
import { rows } from '../report/row.mjs'
import { forgetGroups, lookedAt, registerGroups, startBackends } from '../servers/api-services.mjs'
import { call, makeNamespace } from '../servers/call.mjs'
import { startFairlead, temporaryFolder } from '../servers/start.mjs'
import { measureGets } from './measure-gets.mjs'

export const title =
  'aggregation faults: get of one ConfigMap of 1 KB, 64 in flight, with 10 faulty extension servers beside none (x is over none)'
export const ownServers = true

const shape = { connections: 8, streams: 8 }

/** What stands behind each of the groups. */
const faults = ['hanging', 'hanging', 'hanging', 'refused', 'refused', 'refused', 'slow', 'slow', 'garbage', 'garbage']

/** One server, in turns with and without the faulty ones, so that all that they cost it falls into the turns with them. */
export async function run({ load, storage, seconds, rounds, profile, cleanup }) {
  const folder = temporaryFolder(cleanup)
  const { target } = await startFairlead({ folder, storage, profile, cleanup })
  const path = await makeObject({ name: 'fairlead', target }, cleanup)
  const backends = await startBackends({ folder, cleanup })
  const groups = Object.fromEntries(faults.map((fault, index) => [`g${index}.${fault}.example.com`, backends[fault]]))
  const names = Object.keys(groups)
  let registered = false
  const withNone = async () => {
    if (registered) await forgetGroups(target, names)
    registered = false
  }
  const withAll = async () => {
    if (!registered) await registerGroups(target, groups)
    registered = true
  }
  const table = []
  for (const [what, prepare] of [
    ['once the server knows them', () => withAll().then(() => lookedAt(target, names))],
    ['from the moment of their registration on', withAll],
  ]) {
    const servers = [
      { name: 'raw', target, prepare: withNone },
      { name: 'fairlead', target, prepare },
    ]
    const measured = await measureGets({ load, servers, seconds, rounds, shape, pathOf: () => path })
    table.push(
      ...rows(measured, [
        { what, unit: 'requests/s', property: 'perSecond' },
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
