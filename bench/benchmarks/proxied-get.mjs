import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rows } from '../report/row.mjs'
import { call } from '../servers/call.mjs'
import { startFairlead, startRaw, temporaryFolder } from '../servers/start.mjs'
import { alternate } from './alternate.mjs'

export const title =
  'proxied get: 1 KB of an extension server through Fairlead, beside the same server asked directly (raw)'
export const ownServers = true

const group = 'bench.fairlead.dev'
const name = `v1.${group}`
const collection = '/apis/apiregistration.k8s.io/v1/apiservices'
const shapes = [
  { what: 'HTTP/2, 8 connections x 8', connections: 8, streams: 8 },
  { what: 'HTTP/2, 8 connections x 1', connections: 8, streams: 1 },
]

export async function run({ load, storage, seconds, rounds, profile, cleanup }) {
  const folder = temporaryFolder(cleanup)
  const fairlead = await startFairlead({ folder, storage, profile, cleanup })
  const raw = await startRaw({ folder, cleanup })
  await register(fairlead, raw, folder)
  const servers = [raw, fairlead]
  const table = []
  for (const { what, ...shape } of shapes) {
    const measure = (server, time = seconds) =>
      load.run('requestRate', {
        target: server.target,
        method: 'GET',
        path: `/apis/${group}/v1/namespaces/default/things/a`,
        expect: '{"kind":"ConfigMap"',
        seconds: time,
        ...shape,
      })
    for (const server of servers) await measure(server, 1)
    const measured = await alternate(servers, rounds, (server) => measure(server))
    for (const one of Object.values(measured).flat()) {
      one.p50 = one.latency.p50
      one.p99 = one.latency.p99
      one.processorMicroseconds = one.processorMs === undefined ? undefined : (one.processorMs * 1000) / one.requests
    }
    table.push(
      ...rows(measured, [
        { what, unit: 'requests/s', property: 'perSecond' },
        { what: '', unit: 'µs CPU/request', property: 'processorMicroseconds' },
        { what: '', unit: 'ms p50', property: 'p50' },
        { what: '', unit: 'ms p99', property: 'p99' },
      ]),
    )
  }
  return table
}

/** An APIService that leads to the raw server, once it is available. */
async function register(fairlead, raw, folder) {
  await call(fairlead.target, {
    method: 'POST',
    path: collection,
    body: {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name, annotations: { 'aggregation.fairlead.dev/url': new URL(raw.target.url).origin } },
      spec: {
        group,
        version: 'v1',
        groupPriorityMinimum: 1000,
        versionPriority: 15,
        service: { namespace: 'bench', name: 'raw' },
        caBundle: readFileSync(join(folder, 'pki', 'ca.crt')).toString('base64'),
      },
    },
  })
  for (;;) {
    const { status } = await call(fairlead.target, { path: `${collection}/${name}` })
    if (status?.conditions?.some(({ reason }) => reason === 'Passed')) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
