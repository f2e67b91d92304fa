import type { JsonObject } from '@fairlead/apimachinery'
import { objectAt } from '../../values/read.ts'
import type { AuthenticatedRequest } from '../authenticator.ts'
import type { UserInfo } from '../user-info.ts'
import { credentialIdKey } from '../well-known-users.ts'
import { type FindBoundObject, getServiceAccount, isLongDeleted, tokenLeeway } from './bound-objects.ts'
import {
  nodeNameKey,
  nodeUidKey,
  podNameKey,
  podUidKey,
  serviceAccountGroups,
  serviceAccountUsername,
} from './names.ts'
import { stringClaim, timeClaim, type TokenClaims } from './token-claims.ts'

/** Checks a token of the TokenRequest API against the clock and against the objects that it is bound to. */
export async function checkBoundToken(
  claims: TokenClaims,
  find: FindBoundObject,
  now: number,
): Promise<AuthenticatedRequest> {
  checkTimes(claims, now)
  const bound = objectAt(claims, 'kubernetes.io') ?? {}
  const namespace = stringClaim(bound, 'namespace')
  const account = reference(bound, 'serviceaccount') ?? { name: '', uid: '' }
  const serviceAccount = await getServiceAccount(find, namespace, account.name)
  if (serviceAccount.metadata.uid !== account.uid) {
    throw new Error(`service account UID (${serviceAccount.metadata.uid ?? ''}) does not match claim (${account.uid})`)
  }
  if (isLongDeleted(serviceAccount, now)) {
    throw new Error(`service account ${namespace}/${account.name} has been deleted`)
  }
  const check = { find, namespace, now }
  const secret = reference(bound, 'secret')
  const pod = reference(bound, 'pod')
  const node = reference(bound, 'node')
  if (secret !== undefined) await checkReference(secret, { ...check, resource: 'secrets', what: 'secret' })
  if (pod !== undefined) await checkReference(pod, { ...check, resource: 'pods', what: 'pod' })
  // The node of a pod-bound token only tells where the pod runs.
  else if (node !== undefined) await checkReference(node, { ...check, resource: 'nodes', what: 'node' })
  const user = userOf({ namespace, account, pod, node, id: stringClaim(claims, 'jti') })
  const stale = staleness(claims, bound, now)
  return stale === undefined ? { user } : { user, auditAnnotations: { 'authentication.k8s.io/stale-token': stale } }
}

/** Tells of a token that should have been replaced by now and works only because its expiry was extended. */
function staleness(claims: TokenClaims, bound: JsonObject, now: number): string | undefined {
  const warnAfter = timeClaim(bound, 'warnafter') ?? 0
  const seconds = Math.floor(now / 1000) - warnAfter
  if (warnAfter === 0 || now <= warnAfter * 1000) return undefined
  return `subject: ${stringClaim(claims, 'sub')}, seconds after warning threshold: ${seconds}`
}

function checkTimes(claims: TokenClaims, now: number): void {
  const at = (name: string): number | undefined => {
    const seconds = timeClaim(claims, name)
    return seconds === undefined ? undefined : seconds * 1000
  }
  const [notBefore, expires, issued] = [at('nbf'), at('exp'), at('iat')]
  if (notBefore !== undefined && now + tokenLeeway < notBefore) {
    throw new Error('service account token is not valid yet')
  }
  if (expires !== undefined && now - tokenLeeway > expires) throw new Error('service account token has expired')
  if (issued !== undefined && now + tokenLeeway < issued) {
    throw new Error('service account token is issued in the future')
  }
}

async function checkReference(
  { name, uid }: Reference,
  options: {
    readonly find: FindBoundObject
    readonly resource: 'secrets' | 'pods' | 'nodes'
    readonly what: string
    readonly namespace: string
    readonly now: number
  },
): Promise<void> {
  const { find, resource, what, now } = options
  const object = await find(resource, { namespace: resource === 'nodes' ? '' : options.namespace, name })
  if (object === undefined) throw new Error('service account token has been invalidated')
  if (object.metadata.uid !== uid) {
    throw new Error(
      `${what} UID (${object.metadata.uid ?? ''}) does not match service account ${what} ref claim (${uid})`,
    )
  }
  if (isLongDeleted(object, now)) throw new Error('service account token has been invalidated')
}

interface Reference {
  readonly name: string
  readonly uid: string
}

function reference(bound: JsonObject, field: string): Reference | undefined {
  const value = objectAt(bound, field)
  return value === undefined ? undefined : { name: stringClaim(value, 'name'), uid: stringClaim(value, 'uid') }
}

function userOf(parts: {
  readonly namespace: string
  readonly account: Reference
  readonly pod: Reference | undefined
  readonly node: Reference | undefined
  readonly id: string
}): UserInfo {
  const { namespace, account, pod, node, id } = parts
  const extra: Record<string, readonly string[]> = {
    ...(pod !== undefined && pod.name !== '' && pod.uid !== '' && { [podNameKey]: [pod.name], [podUidKey]: [pod.uid] }),
    ...(id !== '' && { [credentialIdKey]: [`JTI=${id}`] }),
    ...(node !== undefined && node.name !== '' && { [nodeNameKey]: [node.name] }),
    ...(node !== undefined && node.name !== '' && node.uid !== '' && { [nodeUidKey]: [node.uid] }),
  }
  return {
    name: serviceAccountUsername(namespace, account.name),
    uid: account.uid,
    groups: serviceAccountGroups(namespace),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}
