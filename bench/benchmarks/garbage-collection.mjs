import { numberPlace } from '../load/numbered-request.mjs'
import { rows } from '../report/row.mjs'
import { call, makeNamespace } from '../servers/call.mjs'
import { startFairlead, temporaryFolder } from '../servers/start.mjs'

const branches = 100
const leaves = 9_899
const total = 1 + branches + leaves
/** The collector has as many workers. */
const concurrency = 20

export const title = `garbage-collection: a tree of ${total.toLocaleString('en')} ConfigMaps of 1 KB after its root is deleted in the background (x is over deleting each by name, ${concurrency} at a time)`
export const ownServers = true

export async function run({ load, storage, rounds, cleanup }) {
  const measured = { fairlead: [], raw: [] }
  const server = await startFairlead({ folder: temporaryFolder(cleanup), storage, cleanup })
  const { target } = server
  for (let round = 0; round < rounds; round++) {
    for (const [name, owned] of [
      ['fairlead', true],
      ['raw', false],
    ]) {
      const { collection, paths } = await grow(server, { load, cleanup, owned })
      const { metadata } = await call(target, { path: `${collection}?limit=1` })
      const { milliseconds } = await load.run('deletions', {
        target,
        collection,
        resourceVersion: metadata.resourceVersion,
        paths: owned ? paths.slice(0, 1) : paths,
        concurrency,
        expected: total,
      })
      measured[name].push({ perSecond: (total / milliseconds) * 1000 })
    }
  }
  await server.stop()
  return rows(measured, [{ what: 'gone', unit: 'objects/s', property: 'perSecond' }])
}

/** Makes the objects, the root first; with `owned`, each is owned by one of the level above it. */
async function grow(server, { load, cleanup, owned }) {
  const { target } = server
  const collection = await makeNamespace(server, cleanup)
  const create = (name, owners) => call(target, { method: 'POST', path: collection, body: configMap(name, owners) })
  const ownersOf = ({ metadata }) =>
    owned ? [{ apiVersion: 'v1', kind: 'ConfigMap', name: metadata.name, uid: metadata.uid }] : []
  const root = await create('root', [])
  const middle = []
  for (let index = 0; index < branches; index++) middle.push(await create(`branch-${index}`, ownersOf(root)))
  const bodies = middle.map((branch) => JSON.stringify(configMap(`leaf-${numberPlace}`, ownersOf(branch))))
  const { requests } = await load.run('requestRate', {
    target,
    method: 'POST',
    path: collection,
    bodies,
    limit: leaves,
    seconds: 300,
    connections: 8,
    streams: 4,
    expect: '{"kind":"ConfigMap"',
  })
  if (requests !== leaves) throw new Error(`only ${requests} of ${leaves} objects were made in time`)
  const leafNames = Array.from(
    { length: leaves },
    (_, index) => `leaf-${String(index).padStart(numberPlace.length, '0')}`,
  )
  const names = ['root', ...middle.map(({ metadata }) => metadata.name), ...leafNames]
  return { collection, paths: names.map((name) => `${collection}/${name}`) }
}

function configMap(name, ownerReferences) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ownerReferences }, data: { text: 'x'.repeat(700) } }
}
