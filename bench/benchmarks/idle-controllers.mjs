import { setTimeout as delay } from 'node:timers/promises'
import { differentConfigMaps, numberedObject } from '../load/bodies.mjs'
import { createObjects } from '../load/fill-namespace.mjs'
import { row } from '../report/row.mjs'
import { call, makeNamespace } from '../servers/call.mjs'
import { processorTime } from '../servers/process-usage.mjs'
import { startFairlead, temporaryFolder } from '../servers/start.mjs'
import { budgets } from '../report/budgets.mjs'

const window = 60_000

export const title = 'idle-controllers: a control plane with all controllers and 10,000 objects, at rest for a minute'
export const ownServers = true

const containers = [{ name: 'a', image: 'a' }]

/** What controllers look after, and what they only know of. */
const contents = [
  { resource: 'configmaps', kind: 'ConfigMap', count: 5000, bodies: differentConfigMaps(750) },
  { resource: 'secrets', kind: 'Secret', count: 2000, bodies: [numberedObject('Secret', { data: { a: 'YQ==' } })] },
  { resource: 'pods', kind: 'Pod', count: 2500, bodies: [numberedObject('Pod', { spec: { containers } })] },
  {
    resource: 'services',
    kind: 'Service',
    count: 500,
    bodies: [numberedObject('Service', { spec: { selector: { app: 'bench' }, ports: [{ port: 80 }] } })],
  },
]

export async function run({ load, storage, profile, cleanup }) {
  const flags = ['--controllers', '*']
  const server = await startFairlead({ folder: temporaryFolder(cleanup), storage, profile, cleanup, flags })
  const path = await makeNamespace(server, cleanup)
  for (const { resource, ...content } of contents) {
    await createObjects(server, { load, path: path.replace(/configmaps$/, resource), ...content })
  }
  await settled(server.pid)
  const first = await revision(server)
  const before = processorTime(server.pid)
  await delay(window)
  const used = processorTime(server.pid) - before
  // Asking is a write too.
  const writes = (await revision(server)) - first - 1
  await server.stop()
  return [
    row({
      what: 'processor',
      unit: '% of a core',
      values: { fairlead: [(used / window) * 100] },
      budget: budgets.idleProcessorPercent,
    }),
    row({ what: 'writes', unit: 'a minute', values: { fairlead: [writes] } }),
  ]
}

/** Every write takes the next revision, so that one write tells how many there have been. */
async function revision(server) {
  const metadata = { name: 'default', annotations: { 'example.com/read': String(performance.now()) } }
  const { resourceVersion } = (
    await call(server.target, {
      method: 'PATCH',
      path: '/api/v1/namespaces/default',
      body: { metadata },
      contentType: 'application/merge-patch+json',
    })
  ).metadata
  return Number(resourceVersion)
}

/** Until the process has used next to nothing for six seconds, or after two minutes. */
async function settled(pid) {
  let quiet = 0
  for (let sample = 0; sample < 60 && quiet < 3; sample++) {
    const before = processorTime(pid)
    await delay(2000)
    quiet = processorTime(pid) - before <= 40 ? quiet + 1 : 0
  }
}
