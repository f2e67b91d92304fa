import { type KubeObject, StatusError } from '@fairlead/apimachinery'
import type { Client } from '@fairlead/client'

/** A token of a ServiceAccount that is replaced in time. */
export interface ServiceAccountToken {
  get(): Promise<string>
  /** The server did not accept it: the next `get` asks for another one. */
  refused(): void
}

interface TokenRequest extends KubeObject {
  readonly status: { readonly token: string; readonly expirationTimestamp: string }
}

const namespace = 'kube-system'
const expirationSeconds = 3600
/** The part of its life after which a token is replaced. */
const usedPart = 0.8
/** A token that seems to live for less, in milliseconds, comes from a server whose clock is another one. */
const shortestLife = 600_000

/**
 * Tokens of a ServiceAccount of kube-system, which is made when there is none, by TokenRequest. Calls at the same time share
 * one request. A token that cannot be replaced in time is used for as long as the server accepts it.
 */
export function serviceAccountToken(client: Client, name: string): ServiceAccountToken {
  const { clock } = client.times
  const accounts = client.resource('v1', 'serviceaccounts').namespace(namespace)
  let current: { readonly token: string; readonly replaceAt: number } | undefined
  let asking: Promise<string> | undefined

  async function ask(): Promise<string> {
    await ensureAccount()
    const { status } = await client.request<TokenRequest>({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds } },
    })
    const life = Math.max(shortestLife, Date.parse(status.expirationTimestamp) - clock.now())
    current = { token: status.token, replaceAt: clock.now() + life * usedPart }
    return status.token
  }

  async function ensureAccount(): Promise<void> {
    try {
      await accounts.get(name)
    } catch (error) {
      if (!hasCode(error, 404)) throw error
      await accounts
        .create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } })
        .catch((failure: unknown) => {
          // Another process was quicker.
          if (!hasCode(failure, 409)) throw failure
        })
    }
  }

  return {
    async get() {
      if (current !== undefined && clock.now() < current.replaceAt) return current.token
      const old = current?.token
      asking ??= ask().finally(() => {
        asking = undefined
      })
      return old === undefined ? await asking : await asking.catch(() => old)
    },
    refused() {
      current = undefined
    },
  }
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof StatusError && error.code === code
}
