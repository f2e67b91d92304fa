import { isReason } from '@fairlead/apimachinery'
import { type Client, sleep } from '@fairlead/client'
import type { Runnable } from '@fairlead/controller-runtime'
import { type CertificateSigningRequest, signingRequests } from './certificate-signing-request.ts'
import { isOutdated } from './outdated-request.ts'

const interval = 60 * 60 * 1000

/** Deletes requests that nobody looks at any more. Looks at all of them every hour. */
export function cleanerController(): Runnable {
  const name = 'certificatesigningrequest-cleaner-controller'
  return {
    name,
    async start(runtime, signal) {
      const { client, informers } = runtime
      const { clock } = client.times
      const { apiVersion, resource } = signingRequests
      const informer = informers.informer<CertificateSigningRequest>(apiVersion, resource)
      try {
        await informer.synced(signal)
        for (;;) {
          const outdated = informer.store.list().filter((request) => isOutdated(request, clock.now()))
          for (const request of outdated) {
            await remove(client, request).catch((error: unknown) => runtime.onError(error, name))
          }
          await sleep(clock, interval, signal)
        }
      } catch (error) {
        if (!signal.aborted) throw error
      }
    },
  }
}

/** Not another one that has meanwhile taken its name. */
async function remove(client: Client, { metadata }: CertificateSigningRequest): Promise<void> {
  const { name = '', uid } = metadata
  try {
    await client
      .resource(signingRequests.apiVersion, signingRequests.resource)
      .delete(name, uid === undefined ? {} : { preconditions: { uid } })
  } catch (error) {
    if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error
  }
}
