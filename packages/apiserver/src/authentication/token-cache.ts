import { createHmac, randomBytes } from 'node:crypto'
import type { Clock } from '@fairlead/apimachinery'
import type { AuthenticatedRequest, TokenAuthenticator } from './authenticator.ts'

/** How long answers are remembered, in milliseconds; 0 forgets them at once. */
export interface TokenCacheOptions {
  readonly clock: Clock
  readonly recognised: number
  readonly unknown: number
  readonly capacity?: number
}

interface Entry {
  readonly answer: AuthenticatedRequest | undefined
  readonly expires: number
}

/**
 * Remembers what an authenticator has answered, for those that ask elsewhere. Failures are not remembered. Who asks about
 * a token while it is being asked about waits for the same answer. Tokens themselves are not kept.
 */
export function rememberTokens(authenticate: TokenAuthenticator, options: TokenCacheOptions): TokenAuthenticator {
  const { clock, capacity = 4096 } = options
  const secret = randomBytes(32)
  const entries = new Map<string, Entry>()
  const asked = new Map<string, Promise<AuthenticatedRequest | undefined>>()
  const remember = (key: string, answer: AuthenticatedRequest | undefined): void => {
    const lifetime = answer === undefined ? options.unknown : options.recognised
    if (lifetime <= 0) return
    const [oldest] = entries.keys()
    if (entries.size >= capacity && oldest !== undefined) entries.delete(oldest)
    entries.set(key, { answer, expires: clock.now() + lifetime })
  }
  return async (token, audiences) => {
    const key = createHmac('sha256', secret)
      .update(JSON.stringify([token, audiences ?? null]))
      .digest('base64')
    const found = entries.get(key)
    if (found !== undefined && found.expires > clock.now()) return found.answer
    entries.delete(key)
    const waiting = asked.get(key)
    if (waiting !== undefined) return await waiting
    const question = authenticate(token, audiences)
    asked.set(key, question)
    try {
      const answer = await question
      remember(key, answer)
      return answer
    } finally {
      asked.delete(key)
    }
  }
}
