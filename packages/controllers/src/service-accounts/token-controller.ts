import { ignoring, isReason, type KubeObject } from '@fairlead/apimachinery'
import { type Client, keyOf } from '@fairlead/client'
import { type Controller, controller, type ReconcileContext, type ReconcileResult } from '@fairlead/controller-runtime'
import { deleteObject } from '../delete-object.ts'
import { ignoringChanges } from '../ignoring-changes.ts'
import { completeSecret, type SecretContent } from './complete-secret.ts'
import {
  accountOf,
  belongsTo,
  referencesOf,
  secretsNaming,
  secretsOf,
  serviceAccounts,
  tokenSecrets,
} from './token-secrets.ts'

type Context = ReconcileContext<KubeObject>

/**
 * Fills the Secrets that ask for the token of a ServiceAccount, and deletes those whose ServiceAccount is gone. Of a Secret
 * that is deleted the ServiceAccount loses its reference.
 */
export function tokenController(content: SecretContent): Controller {
  return controller({
    name: 'serviceaccount-token-controller',
    for: tokenSecrets,
    watches: [
      {
        ...serviceAccounts,
        predicates: [({ type }) => type === 'delete'],
        map: (account, informers) =>
          secretsNaming(account, informers).map(({ metadata: { namespace = '', name = '' } }) => ({ namespace, name })),
      },
    ],
    resyncOn: (resync) => content.rootCa?.onChange(resync) ?? (() => undefined),
    concurrency: 5,
    async reconcile({ namespace, name }, context) {
      const secret = context.store.get(keyOf(namespace, name))
      if (secret === undefined) return await removeReferences(namespace, name, context)
      if (accountOf(secret).name === '') return undefined
      const account = await findAccount(secret, context)
      if (account === undefined) await deleteObject(secretsOf(context.client), secret)
      else await fill(context.client, secret, await completeSecret(secret, account, content))
      return undefined
    },
  })
}

/** The ServiceAccount that a Secret names. Only the newest state tells that there is none. */
async function findAccount(secret: KubeObject, { client, informers }: Context): Promise<KubeObject | undefined> {
  const { apiVersion, resource } = serviceAccounts
  const { namespace = '' } = secret.metadata
  const { name } = accountOf(secret)
  const known = informers.informer(apiVersion, resource).store.get(keyOf(namespace, name))
  if (known !== undefined && belongsTo(secret, known)) return known
  const found = client.resource(apiVersion, resource).namespace(namespace).get(name)
  const account = await found.catch(ignoring('NotFound'))
  return account !== undefined && belongsTo(secret, account) ? account : undefined
}

async function fill(client: Client, secret: KubeObject, complete: KubeObject): Promise<void> {
  if (complete !== secret) await secretsOf(client).update(complete).catch(ignoringChanges)
}

async function removeReferences(
  namespace: string,
  secret: string,
  { client, informers }: Context,
): Promise<ReconcileResult> {
  const { apiVersion, resource } = serviceAccounts
  let again = false
  for (const account of informers.informer(apiVersion, resource).store.list(namespace)) {
    if (!referencesOf(account).some(({ name }) => name === secret)) continue
    const { secrets: _, ...rest } = account
    const secrets = referencesOf(account).filter(({ name }) => name !== secret)
    try {
      await client
        .resource(apiVersion, resource)
        .update({ ...rest, ...(secrets.length > 0 && { secrets }) } as KubeObject)
    } catch (error) {
      if (isReason(error, 'Conflict')) again = true
      else ignoring('NotFound')(error)
    }
  }
  return again ? { requeue: true } : undefined
}
