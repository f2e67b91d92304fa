import { configMap } from '../load/bodies.mjs'
import { budgets } from '../report/budgets.mjs'
import { rows } from '../report/row.mjs'
import { call, makeNamespace } from '../servers/call.mjs'
import { alternate } from './alternate.mjs'

export const title = 'watch: events of 1 KB to every watcher, 20 connections'

const shapes = [
  { what: '100 watchers', watchers: 100 },
  { what: '1,000 watchers', watchers: 1000, budget: budgets.deliveriesPerSecond },
]
/** Objects that one measurement may make at most. */
const limit = 5000

export async function run({ servers, load, seconds, rounds, cleanup }) {
  const paths = new Map()
  for (const server of servers) paths.set(server, server.name === 'raw' ? '/' : await makeNamespace(server, cleanup))
  const body = configMap(750) // with the server's metadata and the event around it about 1 KB
  let firstNumber = 0
  const table = []
  for (const { what, watchers, budget } of shapes) {
    const measured = await alternate(servers, rounds, async (server) => {
      const createPath = paths.get(server)
      const watchPath = `${createPath}?watch=true${await fromNow(server, createPath)}`
      const job = {
        target: server.target,
        watchers,
        connections: 20,
        watchPath,
        createPath,
        body,
        firstNumber,
        seconds,
        limit,
      }
      const result = await load.run('watchFanOut', job)
      firstNumber += result.events
      return { ...result, p50: result.lag.p50, p99: result.lag.p99 }
    })
    for (const one of Object.values(measured).flat()) {
      one.processorMicroseconds = one.processorMs === undefined ? undefined : (one.processorMs * 1000) / one.deliveries
    }
    table.push(
      ...rows(measured, [
        { what, unit: 'deliveries/s', property: 'perSecond', budget },
        { what: '', unit: 'µs CPU/delivery', property: 'processorMicroseconds' },
        { what: '', unit: 'ms to last, p50', property: 'p50' },
        { what: '', unit: 'ms to last, p99', property: 'p99' },
      ]),
    )
  }
  return table
}

/** Nothing that is there already is to be sent. */
async function fromNow(server, path) {
  if (server.name === 'raw') return ''
  const list = await call(server.target, { path: `${path}?limit=1` })
  return `&resourceVersion=${list.metadata.resourceVersion}`
}
