import { type Clock, type JsonObject, parseTimestamp } from '@fairlead/apimachinery'
import { checkAnswer, type LoopbackCall } from '../bootstrap/loopback-call.ts'
import { identity, identityLabel, leasesPath } from './identity-lease.ts'
import type { KeeperTools } from './keep-config-map.ts'

const interval = 60 * 60 * 1000

/** Deletes the Leases of API servers that are gone, now and every hour. */
export function collectIdentityLeases({ call, clock, logger }: KeeperTools): { stop(): Promise<void> } {
  let cancel = (): void => undefined
  let isStopped = false
  let turn: Promise<void> = Promise.resolve()
  const run = (): void => {
    turn = collect(call, clock)
      .catch((error: unknown) => logger.warn({ err: error }, 'cannot collect the leases of servers that are gone'))
      .finally(() => {
        if (!isStopped) cancel = clock.after(interval, run)
      })
  }
  run()
  return {
    async stop() {
      isStopped = true
      cancel()
      await turn
    },
  }
}

async function collect(call: LoopbackCall, clock: Clock): Promise<void> {
  const found = await call('GET', `${leasesPath}?labelSelector=${identityLabel}%3D${identity}`)
  checkAnswer(`list ${leasesPath}`, found, 200)
  for (const { metadata, spec } of found.body['items'] as unknown as readonly Lease[]) {
    if (!isExpired(spec, clock.now())) continue
    // A server elsewhere may have renewed it meanwhile.
    const { name, uid, resourceVersion } = metadata
    const deleted = await call('DELETE', `${leasesPath}/${name}`, { preconditions: { uid, resourceVersion } })
    checkAnswer(`delete ${leasesPath}/${name}`, deleted, 200, 404, 409)
  }
}

interface Lease {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string }
  readonly spec?: JsonObject
}

/** A Lease without its times is none of a server. */
function isExpired({ renewTime, leaseDurationSeconds }: JsonObject = {}, now: number): boolean {
  const renewed = typeof renewTime === 'string' ? parseTimestamp(renewTime) : undefined
  if (renewed === undefined || typeof leaseDurationSeconds !== 'number') return true
  return renewed + leaseDurationSeconds * 1000 < now
}
