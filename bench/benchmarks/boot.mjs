import { row } from '../report/row.mjs'
import { budgets } from '../report/budgets.mjs'
import { call } from '../servers/call.mjs'
import { processorTime } from '../servers/process-usage.mjs'
import { startFairlead, startRaw } from '../servers/start.mjs'

export const title = 'boot: process start to /readyz 200, warm data folder'
export const ownServers = true

/** Starts and stops each server several times. The data folder has been used before. */
export async function run({ folder, storage, rounds, profile, cleanup }) {
  const starters = {
    fairlead: () => startFairlead({ folder, storage, profile, cleanup }),
    raw: () => startRaw({ folder, cleanup }),
  }
  const milliseconds = { fairlead: [], raw: [] }
  const processor = { fairlead: [], raw: [] }
  for (let round = 0; round < Math.max(5, rounds); round++) {
    for (const [name, start] of Object.entries(starters)) {
      const server = await start()
      await call(server.target, { path: '/readyz' })
      milliseconds[name].push(performance.now() - server.started)
      processor[name].push(processorTime(server.pid))
      await server.stop()
    }
  }
  return [
    row({ what: 'ready after', unit: 'ms', values: milliseconds, budget: budgets.bootMilliseconds }),
    row({ what: '', unit: 'ms CPU', values: processor }),
  ]
}
