import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { bootstrapPolicy, reconcilePolicyObject } from '@fairlead/apiserver'
import type { LoopbackAnswer, LoopbackCall } from './loopback-call.ts'

/** What reconciliation tells about. */
export interface PolicyLog {
  /** An object lacks something but must not be touched. */
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
}

const group = '/apis/rbac.authorization.k8s.io/v1'
const collections: Readonly<Record<string, string>> = {
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  Role: 'roles',
  RoleBinding: 'rolebindings',
}
/** Other servers may write the same objects at the same time. */
const attempts = 5

/**
 * Creates the roles and bindings that a cluster starts with, and gives those that exist what they lack. Additions of users
 * stay, and objects that they have taken over are left alone. Their namespaces must exist.
 */
export async function ensureBootstrapPolicy(call: LoopbackCall, log: PolicyLog): Promise<void> {
  const lists = await Promise.all(Object.values(collections).map((collection) => call('GET', `${group}/${collection}`)))
  const stored = new Map(lists.flatMap((list, index) => itemsOf(list, Object.keys(collections)[index] ?? '')))
  await Promise.all(bootstrapPolicy().map((object) => ensure({ call, log }, object, stored.get(pathOf(object)))))
}

interface Services {
  readonly call: LoopbackCall
  readonly log: PolicyLog
}

async function ensure(services: Services, expected: KubeObject, stored: KubeObject | undefined): Promise<void> {
  const path = pathOf(expected)
  for (let left = attempts, existing = stored; ; left--) {
    const answer = await write(services, expected, existing)
    if (answer === undefined || answer.status < 300) return
    if (answer.status !== 404 && answer.status !== 409) throw failed('reconcile', path, answer)
    if (left === 1) throw failed('reconcile', path, answer)
    const current = await services.call('GET', path)
    if (current.status !== 200 && current.status !== 404) throw failed('read', path, current)
    existing = current.status === 200 ? (current.body as KubeObject) : undefined
  }
}

/** Undefined when there is nothing to write. */
async function write(
  { call, log }: Services,
  expected: KubeObject,
  existing: KubeObject | undefined,
): Promise<LoopbackAnswer | undefined> {
  const path = pathOf(expected)
  const collection = path.slice(0, path.lastIndexOf('/'))
  if (existing === undefined) return call('POST', collection, expected)
  const decision = reconcilePolicyObject(existing, expected)
  if (decision.type === 'update') return call('PUT', path, decision.object)
  if (decision.type === 'recreate') {
    const deleted = await call('DELETE', path, { preconditions: { uid: existing.metadata.uid ?? '' } })
    return deleted.status === 200 || deleted.status === 404 ? call('POST', collection, expected) : deleted
  }
  if (decision.type === 'protected') log.warn({ path }, 'a bootstrap role or binding lacks something, and is protected')
  return undefined
}

function pathOf({ kind, metadata }: KubeObject): string {
  const scope = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`
  return `${group}${scope}/${collections[kind]}/${metadata.name}`
}

/** Items of lists do not say their kind. */
function itemsOf(
  { status, body }: { readonly status: number; readonly body: JsonObject },
  kind: string,
): readonly (readonly [string, KubeObject])[] {
  if (status !== 200) throw failed('list', kind, { status, body })
  return (body['items'] as unknown as readonly KubeObject[]).map((item) => {
    const object = { ...item, kind, apiVersion: 'rbac.authorization.k8s.io/v1' }
    return [pathOf(object), object]
  })
}

function failed(verb: string, what: string, { status, body }: { status: number; body: JsonObject }): Error {
  return new Error(`unable to initialize roles: cannot ${verb} ${what}: ${status} ${String(body['message'] ?? '')}`)
}
