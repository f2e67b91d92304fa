import { deepEqual, type KubeObject } from '@fairlead/apimachinery'
import { keyOf } from '@fairlead/client'
import { type Controller, controller } from '@fairlead/controller-runtime'
import { ignoringChanges } from '../ignoring-changes.ts'
import { bootstrapTokens, type SigningToken, signingToken, timeLeft } from './bootstrap-token.ts'
import { detachedSignature } from './detached-signature.ts'

const namespace = 'kube-public'
const name = 'cluster-info'
const contentKey = 'kubeconfig'
const signaturePrefix = 'jws-kubeconfig-'

/**
 * Signs the kubeconfig in the ConfigMap `cluster-info` with every bootstrap token that is meant for it: who joins a cluster
 * and knows a token can trust what everybody may read there.
 */
export function bootstrapSigner(): Controller {
  return controller({
    name: 'bootstrap-signer-controller',
    for: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      resource: 'configmaps',
      scope: { namespace, fieldSelector: `metadata.name=${name}` },
    },
    watches: [{ ...bootstrapTokens, map: () => [{ namespace, name }] }],
    async reconcile(_request, { client, store, informers }) {
      const configMap = store.get(keyOf(namespace, name))
      if (configMap === undefined) return undefined
      const { apiVersion, resource, scope } = bootstrapTokens
      const secrets = informers.informer(apiVersion, resource, scope).store.list()
      const now = client.times.clock.now()
      const data = dataOf(configMap)
      const tokens = secrets.flatMap((secret) => signingToken(secret, now) ?? [])
      const signed = await withSignatures(data, tokens)
      if (!deepEqual(data, signed)) {
        await client
          .resource('v1', 'configmaps')
          .update({ ...configMap, data: signed })
          .catch(ignoringChanges)
      }
      const next = Math.min(...secrets.map((secret) => timeLeft(secret, now)).filter((left) => left > 0))
      return Number.isFinite(next) ? { requeueAfter: next } : undefined
    },
  })
}

type Data = Readonly<Record<string, string>>

function dataOf(configMap: KubeObject): Data {
  return (configMap['data'] as Data | undefined) ?? {}
}

/** Signatures of tokens that are no more go. Without a kubeconfig nothing is touched. */
async function withSignatures(data: Data, tokens: readonly SigningToken[]): Promise<Record<string, string>> {
  const content = data[contentKey]
  if (content === undefined) return data
  const others = Object.entries(data).filter(([key]) => !key.startsWith(signaturePrefix))
  const signatures = await Promise.all(
    tokens.map(async (token) => [`${signaturePrefix}${token.id}`, await detachedSignature(content, token)] as const),
  )
  return Object.fromEntries([...others, ...signatures])
}
