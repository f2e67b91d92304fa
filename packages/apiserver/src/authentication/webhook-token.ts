import { type Clock, isJsonObject, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import { objectAt, stringAt, stringsAt } from '../values/read.ts'
import { withBackoff } from '../webhook/backoff.ts'
import { shouldRetry } from '../webhook/should-retry.ts'
import type { WebhookClient } from '../webhook/webhook-client.ts'
import { commonAudiences } from './audiences.ts'
import type { TokenAuthenticator } from './authenticator.ts'
import type { UserInfo } from './user-info.ts'

/** What webhook token authentication is told. */
export interface WebhookTokenOptions {
  readonly client: WebhookClient
  readonly version: 'v1' | 'v1beta1'
  /** Audiences of this server: what tokens are good for when the answer names none. */
  readonly audiences: readonly string[]
  readonly clock: Clock
  readonly random: () => number
}

const initialDelay = 500

/** Recognises tokens by asking somebody else with a TokenReview. What he does not know may be known to others. */
export function authenticateWebhookToken(options: WebhookTokenOptions): TokenAuthenticator {
  const { client, clock, random } = options
  const apiVersion = `authentication.k8s.io/${options.version}`
  return async (token, wanted = options.audiences) => {
    const spec = { token, ...(wanted.length === 0 ? {} : { audiences: [...wanted] }) }
    const body = JSON.stringify({ kind: 'TokenReview', apiVersion, metadata: {}, spec })
    const answer = await withBackoff({ clock, random, initialDelay, shouldRetry }, () => client.post(body))
    const status = objectAt(parseReview(answer, apiVersion), 'status') ?? {}
    const named = stringsAt(status, 'audiences')
    const audiences = commonAudiences(wanted, named.length > 0 ? named : options.audiences)
    if (wanted.length > 0 && audiences.length === 0) return undefined
    if (status['authenticated'] !== true) {
      const error = stringAt(status, 'error')
      if (error !== '') throw new Error(error)
      return undefined
    }
    return { user: userOf(objectAt(status, 'user') ?? {}), audiences }
  }
}

function parseReview(text: string, apiVersion: string): JsonObject {
  let review: JsonValue
  try {
    review = JSON.parse(text) as JsonValue
  } catch (cause) {
    throw new Error('the answer of the token webhook is no JSON', { cause })
  }
  if (!isJsonObject(review) || review['kind'] !== 'TokenReview' || review['apiVersion'] !== apiVersion) {
    throw new Error(`the answer of the token webhook is no TokenReview of ${apiVersion}`)
  }
  return review
}

function userOf(user: JsonObject): UserInfo {
  const uid = stringAt(user, 'uid')
  const extra = objectAt(user, 'extra')
  return {
    name: stringAt(user, 'username'),
    groups: stringsAt(user, 'groups'),
    ...(uid === '' ? {} : { uid }),
    ...(extra === undefined
      ? {}
      : { extra: Object.fromEntries(Object.keys(extra).map((key) => [key, stringsAt(extra, key)])) }),
  }
}
