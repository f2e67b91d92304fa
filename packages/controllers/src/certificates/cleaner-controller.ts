import type { ControllerRuntime, Runnable } from '@fairlead/controller-runtime'
import { deleteObject } from '../delete-object.ts'
import { periodicTask } from '../periodic-task.ts'
import { type CertificateSigningRequest, signingRequests } from './certificate-signing-request.ts'
import { isOutdated } from './outdated-request.ts'

const name = 'certificatesigningrequest-cleaner-controller'
const hour = 60 * 60 * 1000

/** Deletes requests that nobody looks at any more. Looks at all of them every hour. */
export function cleanerController(): Runnable {
  return periodicTask(name, hour, clean)
}

async function clean({ client, informers, onError }: ControllerRuntime, signal: AbortSignal): Promise<void> {
  const { apiVersion, resource } = signingRequests
  const informer = informers.informer<CertificateSigningRequest>(apiVersion, resource)
  await informer.synced(signal)
  const now = client.times.clock.now()
  for (const request of informer.store.list().filter((candidate) => isOutdated(candidate, now))) {
    // One that cannot be deleted does not keep the others.
    await deleteObject(client.resource(apiVersion, resource), request).catch((error: unknown) => onError(error, name))
  }
}
