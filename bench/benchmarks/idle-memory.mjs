import { setTimeout as delay } from 'node:timers/promises'
import { row } from '../report/row.mjs'
import { budgets } from '../report/budgets.mjs'
import { residentMemory } from '../servers/process-usage.mjs'
import { startFairlead, startRaw } from '../servers/start.mjs'

export const title = 'idle-memory: resident memory of the process, started and left alone'
export const ownServers = true

export async function run({ folder, storage, rounds, cleanup }) {
  const starters = {
    fairlead: () => startFairlead({ folder, storage, cleanup }),
    raw: () => startRaw({ folder, cleanup }),
  }
  const values = { fairlead: [], raw: [] }
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of Object.entries(starters)) {
      const server = await start()
      values[name].push(await settledMemory(server.pid))
      await server.stop()
    }
  }
  return [row({ what: 'resident', unit: 'MB', values, budget: budgets.idleMegabytes })]
}

/** The memory once it has stayed within one part in a hundred for two seconds, or after fifteen. */
async function settledMemory(pid) {
  let recent = []
  for (let sample = 0; sample < 30; sample++) {
    await delay(500)
    recent = [...recent, residentMemory(pid)].slice(-5)
    if (recent.length === 5 && Math.max(...recent) < Math.min(...recent) * 1.01) break
  }
  return recent.at(-1)
}
