import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { Client, Indexer, Informers, ResourceClient } from '@fairlead/client'

const accountIndex = 'service account'

/** Annotations of a token's Secret that tell whose token it is. */
export const accountNameKey = 'kubernetes.io/service-account.name'
export const accountUidKey = 'kubernetes.io/service-account.uid'

/** The Secrets that hold tokens of ServiceAccounts. */
export const tokenSecrets = {
  apiVersion: 'v1',
  kind: 'Secret',
  resource: 'secrets',
  type: 'kubernetes.io/service-account-token',
  scope: { fieldSelector: 'type=kubernetes.io/service-account-token' },
}

export function secretsOf(client: Client): ResourceClient<KubeObject> {
  return client.resource(tokenSecrets.apiVersion, tokenSecrets.resource)
}

interface SecretReference extends JsonObject {
  name?: string
}

export const serviceAccounts = { apiVersion: 'v1', kind: 'ServiceAccount', resource: 'serviceaccounts' }

/** Whose token a Secret holds, or is to hold. Without a name it is nobody's; a Secret that is new may lack the uid. */
export function accountOf({ metadata }: KubeObject): { readonly name: string; readonly uid: string } {
  const { [accountNameKey]: name = '', [accountUidKey]: uid = '' } = metadata.annotations ?? {}
  return { name, uid }
}

/** Whether a Secret is for the token of this ServiceAccount, and not for that of another one of its name. */
export function belongsTo(secret: KubeObject, { metadata }: KubeObject): boolean {
  const { name, uid } = accountOf(secret)
  if (
    secret['type'] !== tokenSecrets.type ||
    secret.metadata.namespace !== metadata.namespace ||
    name !== metadata.name
  )
    return false
  return uid === '' || uid === metadata.uid
}

/** The Secrets that name a ServiceAccount, by its name alone. */
export function secretsNaming({ metadata }: KubeObject, informers: Informers): KubeObject[] {
  const { apiVersion, resource, scope } = tokenSecrets
  const informer = informers.informer(apiVersion, resource, scope)
  informer.addIndexer(accountIndex, byAccount)
  return informer.store.byIndex(accountIndex, indexValue(metadata.namespace, metadata.name))
}

const byAccount: Indexer<KubeObject> = (secret) => [indexValue(secret.metadata.namespace, accountOf(secret).name)]

/** The Secrets that a ServiceAccount refers to. */
export function referencesOf(account: KubeObject): readonly SecretReference[] {
  return (account['secrets'] as readonly SecretReference[] | undefined) ?? []
}

function indexValue(namespace = '', name = ''): string {
  return `${namespace}/${name}`
}
