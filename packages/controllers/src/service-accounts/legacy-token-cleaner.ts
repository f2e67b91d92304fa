import { type JsonObject, type KubeObject, parseTimestamp } from '@fairlead/apimachinery'
import { type Client, keyOf } from '@fairlead/client'
import type { ControllerRuntime, Runnable } from '@fairlead/controller-runtime'
import { ignoringChanges } from '../ignoring-changes.ts'
import { periodicTask } from '../periodic-task.ts'
import { podSecretNames } from './pod-secret-names.ts'
import { accountOf, belongsTo, referencesOf, secretsOf, serviceAccounts, tokenSecrets } from './token-secrets.ts'

const lastUsedLabel = 'kubernetes.io/legacy-token-last-used'
const invalidSinceLabel = 'kubernetes.io/legacy-token-invalid-since'
const trackingName = 'kube-apiserver-legacy-service-account-token-tracking'

const day = 24 * 60 * 60 * 1000
/** How long a token must not have been used before it is marked, and how long it then stays. */
const cleanUpPeriod = 365 * day

/**
 * Marks tokens that a ServiceAccount refers to and that nobody has used for a year as invalid, and deletes them when another
 * year has passed. Looks every day. What it looks at is read only when tokens can be that old.
 */
export function legacyTokenCleaner(): Runnable {
  return periodicTask('legacy-serviceaccount-token-cleaner-controller', day, clean)
}

async function clean({ client, informers }: ControllerRuntime, signal: AbortSignal): Promise<void> {
  const now = client.times.clock.now()
  const cutoff = now - cleanUpPeriod
  if (cutoff < (await trackedSince(client)) + day) return
  const { apiVersion, resource, scope } = tokenSecrets
  const secrets = informers.informer(apiVersion, resource, scope)
  const accounts = informers.informer(serviceAccounts.apiVersion, serviceAccounts.resource)
  await Promise.all([secrets.synced(signal), accounts.synced(signal)])
  const unused = secrets.store.list().filter((secret) => {
    const account = accounts.store.get(keyOf(secret.metadata.namespace ?? '', accountOf(secret).name))
    return isUnused(secret, cutoff) && account !== undefined && isReferred(secret, account)
  })
  if (unused.length === 0) return
  const pods = informers.informer('v1', 'pods')
  await pods.synced(signal)
  for (const secret of unused) {
    const { namespace, name: secretName = '' } = secret.metadata
    if (pods.store.list(namespace).some((pod) => podSecretNames(pod).has(secretName))) continue
    const since = secret.metadata.labels?.[invalidSinceLabel] ?? ''
    if (timeOf(since) === undefined) await markInvalid(client, secret, dayOf(now))
    else if (since < dayOf(cutoff)) await deleteSecret(client, secret)
  }
}

/** When the API server began to note on Secrets that their tokens are used. */
async function trackedSince(client: Client): Promise<number> {
  const configMap = await client.resource('v1', 'configmaps').namespace('kube-system').get(trackingName)
  const since = timeOf(String((configMap['data'] as JsonObject | undefined)?.['since'] ?? ''))
  if (since === undefined) throw new Error(`the ConfigMap ${trackingName} does not say since when tokens are tracked`)
  return since
}

/** A day that cannot be read says nothing about when a token was used. */
function isUnused({ metadata }: KubeObject, cutoff: number): boolean {
  if (metadata.deletionTimestamp !== undefined) return false
  if ((parseTimestamp(metadata.creationTimestamp ?? '') ?? cutoff) >= cutoff) return false
  const lastUsed = metadata.labels?.[lastUsedLabel]
  return lastUsed === undefined || (timeOf(lastUsed) !== undefined && lastUsed < dayOf(cutoff))
}

/** Tokens that somebody has asked for himself are not referred to, and are his to delete. */
function isReferred(secret: KubeObject, account: KubeObject): boolean {
  return (
    belongsTo(secret, account) && referencesOf(account).some((reference) => reference.name === secret.metadata.name)
  )
}

async function markInvalid(client: Client, { metadata }: KubeObject, since: string): Promise<void> {
  const { namespace = '', name: secretName = '', uid } = metadata
  const patch = { metadata: { ...(uid !== undefined && { uid }), labels: { [invalidSinceLabel]: since } } }
  await secretsOf(client).namespace(namespace).patch(secretName, patch, { type: 'merge' }).catch(ignoringChanges)
}

async function deleteSecret(client: Client, { metadata }: KubeObject): Promise<void> {
  const { namespace = '', name: secretName = '', resourceVersion } = metadata
  const preconditions = resourceVersion === undefined ? {} : { resourceVersion }
  await secretsOf(client).namespace(namespace).delete(secretName, { preconditions }).catch(ignoringChanges)
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

function timeOf(text: string): number | undefined {
  return parseTimestamp(`${text}T00:00:00Z`)
}
