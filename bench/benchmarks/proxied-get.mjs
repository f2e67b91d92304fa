import { rows } from '../report/row.mjs'
import { lookedAt, registerGroups } from '../servers/api-services.mjs'
import { startFairlead, startRaw, temporaryFolder } from '../servers/start.mjs'
import { measureGets } from './measure-gets.mjs'

export const title =
  'proxied get: 1 KB of an extension server through the aggregator, beside the same server asked directly (raw)'
export const ownServers = true

const group = 'bench.example.com'
const shapes = [
  { what: 'HTTP/2, 8 connections x 8', connections: 8, streams: 8 },
  { what: 'HTTP/2, 8 connections x 1', connections: 8, streams: 1 },
]

export async function run({ load, storage, seconds, rounds, profile, cleanup }) {
  const folder = temporaryFolder(cleanup)
  const fairlead = await startFairlead({ folder, storage, profile, cleanup })
  const raw = await startRaw({ folder, cleanup })
  await registerGroups(fairlead.target, { [group]: new URL(raw.target.url).origin })
  await lookedAt(fairlead.target, [group])
  const pathOf = () => `/apis/${group}/v1/namespaces/default/things/a`
  const table = []
  for (const { what, ...shape } of shapes) {
    const measured = await measureGets({ load, servers: [raw, fairlead], seconds, rounds, shape, pathOf })
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
