import { createHash } from 'node:crypto'
import { isValidLabelValue, type JsonObject } from '@fairlead/apimachinery'
import { checkAnswer } from '../bootstrap/loopback-call.ts'
import type { KeeperTools } from './keep-config-map.ts'

/** Leases of kube-system. */
export const leasesPath = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases'
/** Label of the Leases of API servers, and its value. */
export const identityLabel = 'apiserver.kubernetes.io/identity'
export const identity = 'kube-apiserver'

/** For how many seconds others take this server for alive, and how often it tells so, in milliseconds. */
const duration = 3600
const renewInterval = 10 * 60 * 1000

/** What a server tells others about itself with. */
export interface IdentityLeaseOptions extends KeeperTools {
  readonly hostname: string
  readonly newId: () => string
}

/**
 * Holds the Lease that tells others of this server, until it is stopped; then the Lease goes. One that an earlier server of
 * this host has left behind is replaced. Rejects when it cannot be written at first.
 */
export async function holdIdentityLease(options: IdentityLeaseOptions): Promise<{ stop(): Promise<void> }> {
  const { call, clock, logger } = options
  const name = identityOf(options.hostname)
  const path = `${leasesPath}/${name}`
  const holderIdentity = `${name}_${options.newId()}`
  let cancel = (): void => undefined
  let isStopped = false
  let turn: Promise<void> = Promise.resolve()

  const remove = async (): Promise<void> => checkAnswer(`delete ${path}`, await call('DELETE', path), 200, 404)
  const renew = async (): Promise<void> => {
    const found = await call('GET', path)
    checkAnswer(`read ${path}`, found, 200, 404)
    const lease = renewed(found.status === 200 ? found.body : emptyLease(name))
    const written = await (found.status === 200 ? call('PUT', path, lease) : call('POST', leasesPath, lease))
    // Somebody else has written it at the same time: it is there.
    checkAnswer(`write ${path}`, written, 200, 201, 409)
  }
  const renewed = ({ metadata, spec, ...lease }: JsonObject): JsonObject => {
    const { labels, ...rest } = metadata as JsonObject
    const renewTime = new Date(clock.now()).toISOString().replace('Z', '000Z')
    return {
      ...lease,
      metadata: { ...rest, labels: { ...(labels as JsonObject | undefined), ...labelsOf(options.hostname) } },
      spec: { ...(spec as JsonObject | undefined), holderIdentity, leaseDurationSeconds: duration, renewTime },
    }
  }
  const schedule = (): void => {
    cancel = clock.after(renewInterval, () => {
      turn = renew()
        .catch((error: unknown) => logger.warn({ err: error }, 'cannot renew the identity lease'))
        .finally(() => {
          if (!isStopped) schedule()
        })
    })
  }

  await remove()
  await renew()
  schedule()
  return {
    async stop() {
      isStopped = true
      cancel()
      await turn
      await remove().catch((error: unknown) => logger.warn({ err: error }, 'cannot delete the identity lease'))
    },
  }
}

function emptyLease(name: string): JsonObject {
  return { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', metadata: { name, namespace: 'kube-system' } }
}

/** The name of a server, which upstream makes of its host's in the same way. */
export function identityOf(hostname: string): string {
  const part = (text: string): Buffer => {
    const bytes = Buffer.from(text)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const digest = createHash('sha256').update(part(hostname)).update(part(identity)).digest()
  return `apiserver-${base32(digest.subarray(0, 16))}`
}

function labelsOf(hostname: string): JsonObject {
  const isLabel = isValidLabelValue(hostname).length === 0
  return { [identityLabel]: identity, ...(isLabel && { 'kubernetes.io/hostname': hostname }) }
}

function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
}
