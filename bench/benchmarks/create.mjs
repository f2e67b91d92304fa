import { differentConfigMaps } from '../load/bodies.mjs'
import { budgets } from '../report/budgets.mjs'
import { rows } from '../report/row.mjs'
import { makeNamespace } from '../servers/call.mjs'
import { alternate } from './alternate.mjs'

export const title = 'create: ConfigMaps of 1 KB, durable before they are answered (the raw server stores nothing)'

const shapes = [
  { what: '1 in flight', connections: 1, streams: 1 },
  { what: '32 in flight', connections: 8, streams: 4, budget: budgets.createPerSecond },
  { what: '128 in flight', connections: 8, streams: 16 },
]
/** Objects that one measurement may make at most. */
const limit = 20_000

export async function run({ servers, load, seconds, rounds, cleanup }) {
  const paths = new Map()
  for (const server of servers) paths.set(server, server.name === 'raw' ? '/' : await makeNamespace(server, cleanup))
  const bodies = differentConfigMaps(1024)
  let firstNumber = 0
  const table = []
  for (const { what, budget, ...shape } of shapes) {
    const measure = async (server, time = seconds) => {
      const job = {
        target: server.target,
        method: 'POST',
        path: paths.get(server),
        bodies,
        firstNumber,
        limit,
        seconds: time,
      }
      const measured = await load.run('requestRate', { ...job, ...shape, expect: '{"kind":"ConfigMap"' })
      firstNumber += measured.requests
      return measured
    }
    for (const server of servers) await measure(server, 1)
    const measured = await alternate(servers, rounds, (server) => measure(server))
    for (const one of Object.values(measured).flat()) {
      one.p50 = one.latency.p50
      one.p99 = one.latency.p99
      one.processorMicroseconds = one.processorMs === undefined ? undefined : (one.processorMs * 1000) / one.requests
    }
    table.push(
      ...rows(measured, [
        { what, unit: 'creates/s', property: 'perSecond', budget },
        { what: '', unit: 'µs CPU/create', property: 'processorMicroseconds' },
        { what: '', unit: 'ms p50', property: 'p50' },
        { what: '', unit: 'ms p99', property: 'p99' },
      ]),
    )
  }
  return table
}
