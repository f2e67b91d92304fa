import { budgets } from '../report/budgets.mjs'
import { row } from '../report/row.mjs'
import { median } from '../report/statistics.mjs'
import { lookedAt, registerGroups, startBackends } from '../servers/api-services.mjs'
import { call } from '../servers/call.mjs'
import { startFairlead, temporaryFolder } from '../servers/start.mjs'
import { alternate } from './alternate.mjs'

export const title =
  'aggregated discovery: by a client that has just been started, with 50 APIServices of which 10 are dead, beside none (x is over none)'
export const ownServers = true

const aggregated =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

export async function run({ load, storage, seconds, rounds, profile, cleanup }) {
  const servers = []
  for (const name of ['raw', 'fairlead']) {
    const folder = temporaryFolder(cleanup)
    const server = await startFairlead({ folder, storage, profile, cleanup })
    if (name === 'fairlead') {
      const { healthy, refused, hanging } = await startBackends({ folder, cleanup })
      const urls = [...Array(40).fill(healthy), ...Array(5).fill(refused), ...Array(5).fill(hanging)]
      const groups = Object.fromEntries(urls.map((url, index) => [`g${index}.example.com`, url]))
      await registerGroups(server.target, groups)
      await lookedAt(server.target, Object.keys(groups))
      await discovered(server.target, 40)
    }
    servers.push({ ...server, name, groupVersions: await groupVersionPaths(server.target) })
  }
  const table = []
  for (const { what, jobOf } of [
    { what: 'as kubectl: /api and /apis, aggregated, gzip', jobOf: kubectl },
    {
      what: '/apis, aggregated',
      jobOf: () => ({ first: ['/apis'], accept: aggregated }),
    },
    { what: '/apis, group list', jobOf: () => ({ first: ['/apis'] }) },
    { what: 'legacy: /api, /apis and every group-version', jobOf: legacy },
  ]) {
    const measured = await alternate(servers, rounds, async (server) => {
      const readings = await load.run('readDocuments', { target: server.target, ...jobOf(server), seconds })
      return { milliseconds: median(readings.map((one) => one.milliseconds)), bytes: readings[0].bytes }
    })
    const values = (pick) => Object.fromEntries(Object.entries(measured).map(([name, list]) => [name, list.map(pick)]))
    table.push(
      row({
        what,
        unit: 'ms',
        values: values(({ milliseconds }) => milliseconds),
        budget: budgets.discoveryMilliseconds,
      }),
      row({ what: '', unit: 'KB', values: values(({ bytes }) => bytes / 1000) }),
    )
  }
  return table
}

function kubectl() {
  return { first: ['/api', '/apis'], accept: aggregated, headers: { 'accept-encoding': 'gzip' } }
}

function legacy({ groupVersions }) {
  return { first: ['/api', '/apis'], rest: groupVersions }
}

/** Every group-version that a client without aggregated discovery asks for, dead ones too. */
async function groupVersionPaths(target) {
  const { groups } = await call(target, { path: '/apis' })
  return ['/api/v1', ...groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => `/apis/${groupVersion}`))]
}

/** Resolves when the resources of so many extension servers are in the aggregated document. */
async function discovered(target, count) {
  for (;;) {
    const text = JSON.stringify(await call(target, { path: '/apis', accept: aggregated }))
    if (text.split('"resource":"things"').length - 1 === count) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
