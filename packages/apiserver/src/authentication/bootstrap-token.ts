import { createHash, timingSafeEqual } from 'node:crypto'
import { type Clock, type KubeObject, parseTimestamp } from '@fairlead/apimachinery'
import type { TokenAuthenticator } from './authenticator.ts'
import { secretValue } from './secret-value.ts'

const tokenPattern = /^([a-z0-9]{6})\.([a-z0-9]{16})$/
const groupPattern = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/
const defaultGroup = 'system:bootstrappers'

/** What bootstrap token authentication is told. */
export interface BootstrapTokenOptions {
  readonly clock: Clock
  /** The newest Secret of a name in kube-system. */
  readonly findSecret: (name: string) => Promise<KubeObject | undefined>
}

/**
 * Recognises bootstrap tokens, `ID.SECRET`, which stand in Secrets of kube-system. Whatever is wrong with such a Secret
 * only means that the token is nobody's.
 */
export function authenticateBootstrapToken({ clock, findSecret }: BootstrapTokenOptions): TokenAuthenticator {
  return async (token) => {
    const [, id, secretPart] = tokenPattern.exec(token) ?? []
    if (id === undefined || secretPart === undefined) return undefined
    const secret = await findSecret(`bootstrap-token-${id}`)
    if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) return undefined
    if (secret['type'] !== 'bootstrap.kubernetes.io/token') return undefined
    const value = (key: string): string => secretValue(secret, key).toString('utf8')
    if (!isSame(value('token-secret'), secretPart) || value('token-id') !== id) return undefined
    if (hasExpired(value('expiration'), clock.now())) return undefined
    if (value('usage-bootstrap-authentication') !== 'true') return undefined
    const groups = groupsOf(value('auth-extra-groups'))
    return groups === undefined ? undefined : { user: { name: `system:bootstrap:${id}`, groups } }
  }
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

/** A time that cannot be read has passed. */
function hasExpired(expiration: string, now: number): boolean {
  if (expiration === '') return false
  const time = parseTimestamp(expiration)
  return time === undefined || time <= now
}

/** Sorted and without repetitions; undefined when one of them is not allowed. */
function groupsOf(extra: string): readonly string[] | undefined {
  const groups = extra === '' ? [] : extra.split(',')
  if (!groups.every((group) => groupPattern.test(group))) return undefined
  return [...new Set([defaultGroup, ...groups])].sort()
}
