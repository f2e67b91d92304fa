import { type Action, type Authorizer, createReviewActions, type TokenAuthenticator } from '@fairlead/apiserver'

/** The reviews by group and resource, as the registry looks them up. */
export function reviewActions(
  authorizer: Authorizer,
  tokenAuthenticator: TokenAuthenticator,
): Readonly<Record<string, Action>> {
  const actions = createReviewActions({ authorizer, tokenAuthenticator })
  return Object.fromEntries([...actions].map(([resource, action]) => [`${groupOf(resource)}/${resource}`, action]))
}

function groupOf(resource: string): string {
  const isAuthentication = resource === 'tokenreviews' || resource === 'selfsubjectreviews'
  return isAuthentication ? 'authentication.k8s.io' : 'authorization.k8s.io'
}
