import { type Clock, isJsonObject, type JsonValue } from '@fairlead/apimachinery'
import { at, stringAt } from '../../values/read.ts'
import { withBackoff } from '../../webhook/backoff.ts'
import { shouldRetry } from '../../webhook/should-retry.ts'
import type { WebhookClient } from '../../webhook/webhook-client.ts'
import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from '../authorizer.ts'
import type { RuleResolver } from '../rule-resolver.ts'
import { createDecisionCache } from './decision-cache.ts'
import { reviewSpec } from './review-spec.ts'

/** What an authorizer elsewhere is asked with. */
export interface WebhookAuthorizerOptions {
  readonly client: WebhookClient
  readonly version: 'v1' | 'v1beta1'
  /** How long answers are remembered, in milliseconds; 0 forgets them at once. */
  readonly authorizedTtl: number
  readonly unauthorizedTtl: number
  /** What a failure counts as. */
  readonly failurePolicy: 'NoOpinion' | 'Deny'
  readonly clock: Clock
  readonly random: () => number
}

const initialDelay = 500
/** Requests that are larger than this are not remembered: their sender decides how large they are. */
const rememberedSize = 10_000

/** Asks somebody else with a SubjectAccessReview, up to five times. */
export function webhookAuthorizer(options: WebhookAuthorizerOptions): Authorizer {
  const { client, version, clock, random } = options
  const apiVersion = `authorization.k8s.io/${version}`
  const cache = createDecisionCache(clock)
  const ask = async (attributes: AuthorizationAttributes): Promise<AuthorizationDecision> => {
    const spec = reviewSpec(attributes, version)
    const key = JSON.stringify(spec)
    const known = cache.get(key)
    if (known !== undefined) return known
    const review = { kind: 'SubjectAccessReview', apiVersion, metadata: {}, spec, status: { allowed: false } }
    const body = JSON.stringify(review)
    const answer = await withBackoff({ clock, random, initialDelay, shouldRetry }, () => client.post(body))
    const { decision, allowed } = decisionOf(answer, apiVersion)
    if (sizeOf(attributes) < rememberedSize) {
      cache.set(key, decision, allowed ? options.authorizedTtl : options.unauthorizedTtl)
    }
    return decision
  }
  return async (attributes) => {
    try {
      return await ask(attributes)
    } catch (error) {
      if (options.failurePolicy === 'NoOpinion') throw error
      return { decision: 'deny', error: error instanceof Error ? error : new Error(String(error)) }
    }
  }
}

/** Somebody else does not list what a user may do. */
export const webhookRuleResolver: RuleResolver = () => ({
  resourceRules: [],
  nonResourceRules: [],
  incomplete: true,
  evaluationError: 'webhook authorizer does not support user rule resolution',
})

function decisionOf(
  text: string,
  apiVersion: string,
): { readonly decision: AuthorizationDecision; readonly allowed: boolean } {
  let review: JsonValue
  try {
    review = JSON.parse(text) as JsonValue
  } catch (cause) {
    throw new Error('the answer of the authorization webhook is no JSON', { cause })
  }
  if (!isJsonObject(review) || review['kind'] !== 'SubjectAccessReview' || review['apiVersion'] !== apiVersion) {
    throw new Error(`the answer of the authorization webhook is no SubjectAccessReview of ${apiVersion}`)
  }
  const allowed = at(review, 'status', 'allowed') === true
  const denied = at(review, 'status', 'denied') === true
  const decision: AuthorizationDecision = {
    decision: denied ? 'deny' : allowed ? 'allow' : 'no-opinion',
    reason: stringAt(review, 'status', 'reason'),
    ...(allowed && denied
      ? { error: new Error('webhook subject access review returned both allow and deny response') }
      : {}),
  }
  return { decision, allowed }
}

function sizeOf(attributes: AuthorizationAttributes): number {
  const { namespace, verb, group, version, resource, subresource, name, path } = attributes
  return [namespace, verb, group, version, resource, subresource, name, path].join('').length
}
