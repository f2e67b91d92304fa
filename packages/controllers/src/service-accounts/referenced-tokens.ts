import { generateName, ignoring, isReason, type KubeObject } from '@fairlead/apimachinery'
import { type Client, keyOf } from '@fairlead/client'
import { type Controller, controller, type ReconcileContext, type ReconcileResult } from '@fairlead/controller-runtime'
import { isNamespaceTerminating } from '../active-namespace.ts'
import { completeSecret, type SecretContent } from './complete-secret.ts'
import { belongsTo, referencesOf, secretsOf, serviceAccounts, tokenSecrets } from './token-secrets.ts'

/**
 * Makes a Secret with a token for every ServiceAccount that refers to none, as clusters did up to 1.23: clients of that time
 * look into `secrets` of the ServiceAccount.
 */
export function referencedTokens(content: SecretContent): Controller {
  return controller({
    name: 'serviceaccount-token-references',
    for: serviceAccounts,
    concurrency: 5,
    async reconcile({ namespace, name }, context) {
      const account = context.store.get(keyOf(namespace, name))
      if (account === undefined || account.metadata.deletionTimestamp !== undefined) return undefined
      if (await hasToken(account, context)) return undefined
      return await addToken(context.client, account, content)
    },
  })
}

/** A Secret that the store does not know yet may have been made a moment ago. */
async function hasToken(
  account: KubeObject,
  { client, informers }: Pick<ReconcileContext<KubeObject>, 'client' | 'informers'>,
): Promise<boolean> {
  const { namespace = '' } = account.metadata
  const { apiVersion, resource, scope } = tokenSecrets
  const { store } = informers.informer(apiVersion, resource, scope)
  for (const { name = '' } of referencesOf(account)) {
    const secret = store.get(keyOf(namespace, name)) ?? (await find(client, namespace, name))
    if (secret !== undefined && belongsTo(secret, account)) return true
  }
  return false
}

async function find(client: Client, namespace: string, name: string): Promise<KubeObject | undefined> {
  return await secretsOf(client).namespace(namespace).get(name).catch(ignoring('NotFound'))
}

async function addToken(client: Client, account: KubeObject, content: SecretContent): Promise<ReconcileResult> {
  const { apiVersion, kind, resource, type } = tokenSecrets
  const { namespace = '' } = account.metadata
  const name = generateName(`${account.metadata.name ?? ''}-token-`, client.times.random)
  const secrets = client.resource(apiVersion, resource).namespace(namespace)
  try {
    const empty = { apiVersion, kind, metadata: { namespace, name }, type }
    await secrets.create(await completeSecret(empty, account, content))
  } catch (error) {
    if (isNamespaceTerminating(error)) return undefined
    throw error
  }
  try {
    const references = [...referencesOf(account), { name }]
    await client
      .resource(serviceAccounts.apiVersion, serviceAccounts.resource)
      .update({ ...account, secrets: references })
    return undefined
  } catch (error) {
    await secrets.delete(name).catch(ignoring('NotFound'))
    // Somebody has changed it meanwhile.
    if (isReason(error, 'Conflict')) return { requeue: true }
    if (isReason(error, 'NotFound')) return undefined
    throw error
  }
}
