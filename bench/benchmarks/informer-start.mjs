import { fillNamespace } from '../load/fill-namespace.mjs'
import { differentConfigMaps } from '../load/bodies.mjs'
import { row } from '../report/row.mjs'
import { startFairlead, temporaryFolder } from '../servers/start.mjs'
import { runOnce } from '../servers/child.mjs'

const count = 100_000
/** As sent; with the server's metadata about 1,000 bytes as listed. */
const bodyBytes = 750

export const title = `informer-start: ${count.toLocaleString('en')} ConfigMaps of 1 KB read and held (raw: listed once and parsed)`
export const ownServers = true

/** Each reading is that of a fresh process: what one holds is not in the way of the next. */
export async function run({ load, storage, rounds, cleanup }) {
  const server = await startFairlead({ folder: temporaryFolder(cleanup), storage, cleanup })
  const path = await fillNamespace(server, { load, cleanup, bodies: differentConfigMaps(bodyBytes), count })
  const namespace = path.split('/')[4]
  const readings = { fairlead: [], raw: [] }
  for (let round = 0; round < rounds; round++) {
    for (const [name, holder] of [
      ['fairlead', 'informer'],
      ['raw', 'raw'],
    ]) {
      const job = { holder, target: server.target, path, namespace }
      const reading = await runOnce('clients/hold-objects.mjs', job, cleanup)
      if (reading.objects !== count) throw new Error(`${holder} holds ${reading.objects} objects, not ${count}`)
      readings[name].push(reading)
    }
  }
  await server.stop()
  const values = (pick) => ({ fairlead: readings.fairlead.map(pick), raw: readings.raw.map(pick) })
  const perObject = readings.raw[0].listBytes / count
  const heap = values(({ heapBytes }) => heapBytes / count)
  return [
    row({ what: 'all held and told', unit: 'ms', values: values(({ milliseconds }) => milliseconds) }),
    row({ what: '', unit: 'ms CPU', values: values(({ processorMs }) => processorMs) }),
    row({ what: 'memory per object', unit: 'bytes', values: heap }),
    // Its JSON, in place of the parsed list.
    row({ what: '  over its JSON', unit: 'bytes', values: { ...heap, raw: [perObject] } }),
  ]
}
