import { type Action, createReviewActions, type TokenAuthenticator } from '@fairlead/apiserver'
import type { Authorization } from './authorization.ts'

/** The reviews by group and resource, as the registry looks them up. */
export function reviewActions(
  { authorizer, rulesFor }: Authorization,
  { tokens, audiences }: { readonly tokens: TokenAuthenticator; readonly audiences: readonly string[] },
): Readonly<Record<string, Action>> {
  const actions = createReviewActions({ authorizer, rulesFor, tokenAuthenticator: tokens, audiences })
  return Object.fromEntries([...actions].map(([resource, action]) => [`${groupOf(resource)}/${resource}`, action]))
}

function groupOf(resource: string): string {
  const isAuthentication = resource === 'tokenreviews' || resource === 'selfsubjectreviews'
  return isAuthentication ? 'authentication.k8s.io' : 'authorization.k8s.io'
}
