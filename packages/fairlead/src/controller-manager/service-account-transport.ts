import type { Client, Transport } from '@fairlead/client'
import { serviceAccountToken } from './service-account-token.ts'

/** Calls as a ServiceAccount of kube-system. `transport` carries calls that show nothing of their own. */
export function serviceAccountTransport(options: {
  /** May create ServiceAccounts and their tokens. */
  readonly client: Client
  readonly name: string
  readonly transport: Transport
}): Transport {
  const token = serviceAccountToken(options.client, options.name)
  return async (request) => {
    const headers = { ...request.headers, authorization: `Bearer ${await token.get()}` }
    const response = await options.transport({ ...request, headers })
    if (response.status === 401) token.refused()
    return response
  }
}
