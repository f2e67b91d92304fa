import { keyOf, type Client } from '@fairlead/client'
import { controller, defaultRateLimiter, type ReconcileResult, type Runnable } from '@fairlead/controller-runtime'
import { type CertificateSigningRequest, isIssued, signingRequests } from './certificate-signing-request.ts'

/** What a controller does with a request that has no certificate yet. The request is shared: copy it, never change it. */
export type HandleSigningRequest = (
  request: CertificateSigningRequest,
  client: Client,
) => Promise<ReconcileResult | undefined>

const firstDelay = 200
const longestDelay = 1_000_000

/** A controller of requests that still wait for their certificate. Failures are tried again less eagerly than elsewhere. */
export function signingRequestController(name: string, handle: HandleSigningRequest): Runnable {
  return {
    name,
    start: (runtime, signal) =>
      controller<CertificateSigningRequest>({
        name,
        for: signingRequests,
        concurrency: 5,
        rateLimiter: defaultRateLimiter(runtime.client.times.clock, firstDelay, longestDelay),
        reconcile: async ({ namespace, name: requestName }, { store, client }) => {
          const request = store.get(keyOf(namespace, requestName))
          return request === undefined || isIssued(request) ? undefined : await handle(request, client)
        },
      }).start(runtime, signal),
  }
}
