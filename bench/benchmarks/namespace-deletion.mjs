import { differentConfigMaps } from '../load/bodies.mjs'
import { fillNamespace } from '../load/fill-namespace.mjs'
import { rows } from '../report/row.mjs'
import { processorTime } from '../servers/process-usage.mjs'
import { runOnce } from '../servers/child.mjs'
import { startFairlead, temporaryFolder } from '../servers/start.mjs'

const count = 1000

export const title = `namespace-deletion: ${count.toLocaleString('en')} ConfigMaps of 1 KB deleted with their namespace (raw: by a client, one by one)`
export const ownServers = true

export async function run({ load, storage, rounds, profile, cleanup }) {
  const server = await startFairlead({ folder: temporaryFolder(cleanup), storage, profile, cleanup })
  const measured = { fairlead: [], raw: [] }
  for (let round = 0; round < rounds; round++) {
    for (const [name, way] of [
      ['fairlead', 'namespace'],
      ['raw', 'one by one'],
    ]) {
      const path = await fillNamespace(server, { load, cleanup, bodies: differentConfigMaps(750), count })
      const before = processorTime(server.pid)
      const job = { way, target: server.target, namespace: path.split('/')[4] }
      const { milliseconds } = await runOnce('clients/delete-objects.mjs', job, cleanup)
      measured[name].push({ milliseconds, processorMs: before && processorTime(server.pid) - before })
    }
  }
  await server.stop()
  return rows(measured, [
    { what: 'all gone', unit: 'ms', property: 'milliseconds' },
    { what: '', unit: 'ms CPU', property: 'processorMs' },
  ])
}
