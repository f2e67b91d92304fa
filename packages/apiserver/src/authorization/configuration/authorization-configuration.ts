/** An AuthorizationConfiguration: which authorizers decide, in their order. Durations in milliseconds. */
export interface AuthorizationConfiguration {
  readonly authorizers: readonly AuthorizerConfiguration[]
}

export interface AuthorizerConfiguration {
  readonly type: string
  readonly name: string
  readonly webhook?: WebhookConfiguration
}

/** Empty texts and undefined durations were left out. */
export interface WebhookConfiguration {
  readonly timeout: number | undefined
  readonly authorizedTtl: number
  readonly cacheAuthorizedRequests: boolean
  readonly unauthorizedTtl: number
  readonly cacheUnauthorizedRequests: boolean
  readonly subjectAccessReviewVersion: string
  readonly matchConditionSubjectAccessReviewVersion: string
  readonly failurePolicy: string
  readonly connectionType: string
  readonly kubeConfigFile: string
  /** Expressions. */
  readonly matchConditions: readonly string[]
}

/** All types of authorizers, in upstream's order of messages. */
export const authorizerTypes: readonly string[] = ['ABAC', 'AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC', 'Webhook']

/** How an authorizer that is no webhook must be called. */
export function authorizerName(type: string): string {
  return type.toLowerCase()
}
