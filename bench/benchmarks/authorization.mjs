import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { followPolicy, issueCertificate, rbacAuthorizer } from '@fairlead/apiserver'
import { configMap } from '../load/bodies.mjs'
import { row, rows } from '../report/row.mjs'
import { call, makeNamespace } from '../servers/call.mjs'
import { startFairlead, temporaryFolder } from '../servers/start.mjs'
import { measureGets } from './measure-gets.mjs'

export const title =
  'authorization: get of one ConfigMap of 1 KB by a user with a certificate, Node,RBAC with 1,000 roles and 5,000 bindings beside AlwaysAllow (x is over AlwaysAllow)'
export const ownServers = true

const shape = { connections: 8, streams: 8 }
const group = 'rbac.authorization.k8s.io'
const roles = 1000
const bindings = 5000

export async function run({ load, storage, seconds, rounds, cleanup }) {
  const modes = { raw: 'AlwaysAllow', fairlead: 'Node,RBAC' }
  const servers = []
  for (const [name, mode] of Object.entries(modes)) {
    const folder = temporaryFolder(cleanup)
    const server = await startFairlead({ folder, storage, cleanup, flags: ['--authorization-mode', mode] })
    const path = await makeObject(server, cleanup)
    await fillPolicy(server.target, path)
    servers.push({ ...server, name, path, target: { ...server.target, ...(await userCertificate(folder)) } })
  }
  const measured = await measureGets({ load, servers, seconds, rounds, shape, pathOf: ({ path }) => path })
  const columns = [
    { what: 'requests', unit: 'requests/s', property: 'perSecond' },
    { what: '', unit: 'µs CPU/request', property: 'processorMicroseconds' },
    { what: '', unit: 'ms p99', property: 'p99' },
  ]
  return [...rows(measured, columns), ...(await decisions(rounds))]
}

/** What one decision takes, allowed by the last binding of the user's 15 and refused after all of them. */
async function decisions(rounds) {
  const authorize = rbacAuthorizer(await policy())
  const attributes = {
    user: { name: 'user-7', groups: ['group-7', 'system:authenticated'] },
    verb: 'get',
    isResourceRequest: true,
    path: '',
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    subresource: '',
    namespace: 'ns-7',
    name: 'x',
  }
  const cases = { allowed: attributes, refused: { ...attributes, verb: 'delete' } }
  return Object.entries(cases).map(([what, asked]) => {
    const values = []
    for (let round = -1; round < rounds; round++) {
      const count = 200_000
      const start = process.hrtime.bigint()
      for (let index = 0; index < count; index++) void authorize(asked)
      const taken = Number(process.hrtime.bigint() - start) / 1000 / count
      if (round >= 0) values.push(taken)
    }
    return row({ what: `one decision, ${what}`, unit: 'µs', values: { fairlead: values } })
  })
}

function* policyObjects() {
  for (let index = 0; index < roles; index++) {
    const rules = [
      { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['pods', 'services', `kind${index}s`] },
      { verbs: ['get', 'update'], apiGroups: ['apps'], resources: [`deployments${index % 20 === 7 ? '' : index}`] },
    ]
    yield { kind: 'ClusterRole', metadata: { name: `role-${index}` }, rules }
  }
  for (let index = 0; index < bindings; index++) {
    yield {
      kind: 'RoleBinding',
      metadata: { name: `binding-${index}`, namespace: `ns-${index % 10}` },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: `role-${index % roles}` },
      subjects: [
        { kind: 'User', apiGroup: group, name: `user-${index % 500}` },
        { kind: 'Group', apiGroup: group, name: `group-${index % 1000}` },
      ],
    }
  }
}

/** The same objects in an index without a server. */
async function policy() {
  const objects = [...policyObjects()].map((object) => ({
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? '',
    object: () => object,
  }))
  const store = (kind) => ({
    follow(follower) {
      for (const kept of objects) if (kept.object().kind === kind) follower.set(kept)
      return { ready: Promise.resolve() }
    },
  })
  const source = followPolicy(() => ({
    roles: store('Role'),
    clusterRoles: store('ClusterRole'),
    roleBindings: store('RoleBinding'),
    clusterRoleBindings: store('ClusterRoleBinding'),
  }))
  await source.ready()
  return source
}

async function fillPolicy(target, path) {
  const rbac = `/apis/${group}/v1`
  for (let index = 0; index < 10; index++) {
    await call(target, { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: `ns-${index}` } } })
  }
  const objects = [...policyObjects()]
  const post = async ({ kind, ...body }) => {
    const { namespace } = body.metadata
    const collection = kind === 'ClusterRole' ? `${rbac}/clusterroles` : `${rbac}/namespaces/${namespace}/rolebindings`
    await call(target, { method: 'POST', path: collection, body })
  }
  for (let index = 0; index < objects.length; index += 32) {
    await Promise.all(objects.slice(index, index + 32).map(post))
  }
  const namespace = path.split('/')[4]
  const body = {
    metadata: { name: 'reads' },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'User', apiGroup: group, name: 'user-7' }],
  }
  await call(target, { method: 'POST', path: `${rbac}/namespaces/${namespace}/rolebindings`, body })
}

/** A certificate of somebody who is nobody special, from the authority in the data folder. */
async function userCertificate(folder) {
  const read = (name) => readFileSync(join(folder, 'pki', name), 'utf8')
  const hour = 3_600_000
  const { certificate: cert, key } = await issueCertificate(
    { certificate: read('ca.crt'), key: read('ca.key') },
    {
      commonName: 'user-7',
      organizations: ['group-7'],
      usage: 'client',
      notBefore: new Date(Date.now() - hour),
      notAfter: new Date(Date.now() + hour),
    },
  )
  return { cert, key }
}

async function makeObject(server, cleanup) {
  const path = await makeNamespace(server, cleanup)
  const body = JSON.parse(configMap(750))
  await call(server.target, { method: 'POST', path, body })
  return `${path}/${body.metadata.name}`
}
