import { type KubeObject, parseTimestamp } from '@fairlead/apimachinery'
import { secretText } from '../secret-data.ts'

/** The Secrets that hold bootstrap tokens. */
export const bootstrapTokens = {
  apiVersion: 'v1',
  kind: 'Secret',
  resource: 'secrets',
  scope: { namespace: 'kube-system', fieldSelector: 'type=bootstrap.kubernetes.io/token' },
}

/** A token that may sign. */
export interface SigningToken {
  readonly id: string
  readonly secret: string
}

const namePattern = /^bootstrap-token-([a-z0-9]{6})$/

/** How many milliseconds a token has left: 0 when it has expired or its end cannot be read, Infinity when it has none. */
export function timeLeft(secret: KubeObject, now: number): number {
  const expiration = secretText(secret, 'expiration')
  if (expiration === '') return Number.POSITIVE_INFINITY
  return Math.max(0, (parseTimestamp(expiration) ?? 0) - now)
}

/** The token of a Secret, if it is complete, has not expired and is meant for signing. */
export function signingToken(secret: KubeObject, now: number): SigningToken | undefined {
  const [, id = ''] = namePattern.exec(secret.metadata.name ?? '') ?? []
  const value = secretText(secret, 'token-secret')
  if (id === '' || id !== secretText(secret, 'token-id') || value === '') return undefined
  if (timeLeft(secret, now) === 0 || secretText(secret, 'usage-bootstrap-signing') !== 'true') return undefined
  return { id, secret: value }
}
