import { differentConfigMaps } from '../load/bodies.mjs'
import { fillNamespace } from '../load/fill-namespace.mjs'
import { budgets } from '../report/budgets.mjs'
import { row } from '../report/row.mjs'
import { median } from '../report/statistics.mjs'
import { alternate } from './alternate.mjs'

const count = 10_000
/** As sent; with the server's metadata about 1,800 bytes as listed, 18 MB in all. */
const bodyBytes = 1600

export const title = `list: ${count.toLocaleString('en')} ConfigMaps of 1.8 KB as listed, 18 MB, one reader`

const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const shapes = [
  { what: 'full', query: '', budget: budgets.listMilliseconds },
  { what: 'full, gzip', query: '', headers: { 'accept-encoding': 'gzip' } },
  { what: 'full, from cache', query: '?resourceVersion=0' },
  { what: 'pages of 500', query: '?limit=500', paged: true },
  { what: 'as Table', query: '', accept: tableType },
]

export async function run({ servers, load, seconds, rounds, cleanup }) {
  const bodies = differentConfigMaps(bodyBytes)
  const paths = new Map()
  for (const server of servers) {
    if (server.name !== 'raw') paths.set(server, await fillNamespace(server, { load, cleanup, bodies, count }))
  }
  const table = []
  for (const { what, query, budget, ...shape } of shapes) {
    let bytes = 0
    let pages = 1
    const read = (server, time) =>
      server.name === 'raw'
        ? // As many bytes in as many requests as Fairlead has just sent.
          load.run('readBodies', {
            target: server.target,
            path: `/?raw-bytes=${Math.ceil(bytes / pages)}`,
            seconds: time,
            atLeast: 3 * pages,
          })
        : load.run('readBodies', { target: server.target, path: paths.get(server) + query, ...shape, seconds: time })
    const measured = await alternate(servers, rounds, async (server) => {
      const readings = await read(server, seconds / 2)
      if (server.name === 'fairlead') ({ bytes, pages } = readings[0])
      const each = server.name === 'raw' ? pages : 1
      const milliseconds = median(readings.map((reading) => reading.milliseconds)) * each
      return { milliseconds, lists: readings.length / each, bytes: readings[0].bytes * each }
    })
    const values = (pick) => Object.fromEntries(Object.entries(measured).map(([name, list]) => [name, list.map(pick)]))
    table.push(
      row({ what, unit: 'ms', values: values(({ milliseconds }) => milliseconds), budget }),
      row({
        what: '',
        unit: 'ms CPU/list',
        values: values(({ processorMs, lists }) => (processorMs === undefined ? undefined : processorMs / lists)),
      }),
      row({ what: '', unit: 'MB', values: values((one) => one.bytes / 1e6) }),
    )
  }
  return table
}
