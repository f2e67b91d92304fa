import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Registry } from '@fairlead/apiserver'
import type { Authentication } from './authentication.ts'
import { collectIdentityLeases } from './collect-identity-leases.ts'
import { holdIdentityLease } from './identity-lease.ts'
import type { KeeperTools } from './keep-config-map.ts'
import { publishTrust } from './publish-trust.ts'
import { trackLegacyTokens } from './track-legacy-tokens.ts'

/** What this server keeps in kube-system for others to find, for as long as it runs. Returns how to stop. */
export async function keepObjects(
  tools: KeeperTools,
  {
    registry,
    authentication,
  }: {
    readonly registry: Pick<Registry, 'find'>
    readonly authentication: Pick<Authentication, 'authorities' | 'trust'>
  },
): Promise<() => Promise<void>> {
  const { trust, authorities } = authentication
  const hasLeases = registry.find('coordination.k8s.io', 'v1', 'leases', '') !== undefined
  const publishing = publishTrust({ ...tools, trust })
  const results = await Promise.allSettled([
    publishing,
    trackLegacyTokens(tools),
    ...(hasLeases
      ? [holdIdentityLease({ ...tools, hostname: hostname(), newId: randomUUID }), collectIdentityLeases(tools)]
      : []),
  ])
  const stop = async (): Promise<void> => {
    await Promise.all(
      results.map(async (result) => {
        if (result.status === 'fulfilled') await result.value.stop()
      }),
    )
  }
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) {
    await stop()
    throw failed.reason
  }
  const publisher = await publishing
  const forget = authorities.onChange(() => publisher.syncSoon())
  return async () => {
    forget()
    await stop()
  }
}
