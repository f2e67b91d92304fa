import { type Clock, type JsonObject, parseTimestamp } from '@fairlead/apimachinery'
import { checkAnswer, type LoopbackCall } from '../bootstrap/loopback-call.ts'
import { configMapsPath, keepConfigMap, type KeeperTools, type KeptConfigMap } from './keep-config-map.ts'

const name = 'kube-apiserver-legacy-service-account-token-tracking'
const path = `${configMapsPath}/${name}`

/**
 * Keeps the ConfigMap of kube-system that says since which day this cluster notes on Secrets when their tokens are used:
 * only tokens that have not been used for long since then are unused.
 */
export function trackLegacyTokens(tools: KeeperTools): Promise<KeptConfigMap> {
  return keepConfigMap(name, () => ensure(tools.call, tools.clock), tools)
}

async function ensure(call: LoopbackCall, clock: Clock): Promise<void> {
  const since = new Date(clock.now()).toISOString().slice(0, 10)
  const found = await call('GET', path)
  if (found.status === 404) {
    const metadata = { name, namespace: 'kube-system' }
    const configMap = { kind: 'ConfigMap', apiVersion: 'v1', metadata, data: { since } }
    checkAnswer(`create ${path}`, await call('POST', configMapsPath, configMap), 201, 409)
    return
  }
  checkAnswer(`read ${path}`, found, 200)
  const data = (found.body['data'] ?? {}) as JsonObject
  if (isDay(data['since'])) return
  const updated = await call('PUT', path, { ...found.body, data: { ...data, since } })
  checkAnswer(`update ${path}`, updated, 200, 404, 409)
}

function isDay(value: unknown): boolean {
  return typeof value === 'string' && parseTimestamp(`${value}T00:00:00Z`) !== undefined
}
