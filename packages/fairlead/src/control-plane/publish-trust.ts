import { deepEqual, type JsonObject } from '@fairlead/apimachinery'
import type { LoopbackAnswer, LoopbackCall } from '../bootstrap/loopback-call.ts'
import { type AuthenticationTrust, mergeTrust, type TrustData } from './authentication-trust.ts'
import { configMapsPath, keepConfigMap, type KeeperTools, type KeptConfigMap } from './keep-config-map.ts'

const namespacePath = '/api/v1/namespaces'
const name = 'extension-apiserver-authentication'
const path = `${configMapsPath}/${name}`

/** What the publisher works with. */
export interface TrustPublisherOptions extends KeeperTools {
  /** What holds at the moment. */
  trust(): AuthenticationTrust
}

/**
 * Writes the ConfigMap `kube-system/extension-apiserver-authentication` and keeps it: whoever deletes or changes it gets it
 * back with this server's share in it. Rejects when it cannot be written at first.
 */
export function publishTrust(options: TrustPublisherOptions): Promise<KeptConfigMap> {
  return keepConfigMap(name, () => syncOnce(options), options)
}

async function syncOnce(options: TrustPublisherOptions): Promise<void> {
  const { call } = options
  const found = await call('GET', path)
  if (found.status !== 200 && found.status !== 404) throw failed('read', found)
  const existing = found.status === 200 ? dataOf(found.body) : {}
  const data = mergeTrust(existing, options.trust(), options.clock.now())
  if (found.status === 200 && deepEqual(existing, data)) return
  const written = found.status === 200 ? await call('PUT', path, { ...found.body, data }) : await create(call, data)
  if (written.status === 409) return syncOnce(options)
  if (isTooLarge(written)) await call('DELETE', path)
  if (written.status >= 300) throw failed('write', written)
}

/** Clusters without the namespace get it. */
async function create(call: LoopbackCall, data: TrustData): Promise<LoopbackAnswer> {
  const configMap = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace: 'kube-system' }, data }
  const created = await call('POST', configMapsPath, configMap)
  if (created.status !== 404) return created
  const namespace = { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'kube-system' } }
  await call('POST', namespacePath, namespace)
  return await call('POST', configMapsPath, configMap)
}

/** What others have put there may have grown too large; then the ConfigMap is started anew with this server's share. */
function isTooLarge({ status, body }: LoopbackAnswer): boolean {
  return status === 413 || (status === 422 && String(body['message']).includes('Too long'))
}

function dataOf(configMap: JsonObject): TrustData {
  const data = (configMap['data'] ?? {}) as JsonObject
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)]))
}

function failed(verb: string, { status, body }: LoopbackAnswer): Error {
  return new Error(`cannot ${verb} ${path}: ${status} ${String(body['message'] ?? '')}`)
}
