import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { RootCa, SecretTokenIssuer } from '../builtin-controller.ts'
import { secretText, secretValue } from '../secret-data.ts'
import { accountNameKey, accountUidKey } from './token-secrets.ts'

/** What goes into the Secrets of tokens. */
export interface SecretContent {
  readonly rootCa?: RootCa
  readonly issueSecretToken: SecretTokenIssuer
}

/**
 * A Secret with the token of its ServiceAccount and what its holder needs beside it. The same object when nothing is
 * missing. A token that is there stays, whoever has put it there.
 */
export async function completeSecret(
  secret: KubeObject,
  account: KubeObject,
  { rootCa, issueSecretToken }: SecretContent,
): Promise<KubeObject> {
  const { metadata } = secret
  const ca = rootCa?.current() ?? ''
  const missing: Record<string, string> = {}
  if (ca !== '' && secretText(secret, 'ca.crt') !== ca) missing['ca.crt'] = ca
  if (secretText(secret, 'namespace') === '') missing['namespace'] = metadata.namespace ?? ''
  if (secretText(secret, 'token') === '') missing['token'] = await issueSecretToken(account, secret)
  const added = Object.entries(missing).map(([key, text]) => [key, secretValue(text)] as const)
  if (added.length === 0) return secret
  const { name = '', uid = '' } = account.metadata
  return {
    ...secret,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [accountNameKey]: name, [accountUidKey]: uid } },
    data: { ...(secret['data'] as JsonObject | undefined), ...Object.fromEntries(added) },
  }
}
