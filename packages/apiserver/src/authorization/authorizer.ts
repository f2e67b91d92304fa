import type { UserInfo } from '../authentication/user-info.ts'

/** What somebody wants to do. */
export interface AuthorizationAttributes {
  readonly user: UserInfo
  readonly verb: string
  readonly isResourceRequest: boolean
  readonly path: string
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface AuthorizationDecision {
  readonly decision: 'allow' | 'deny' | 'no-opinion'
  readonly reason?: string
  /** What went wrong while it was decided; a request that is denied with an error fails with it. */
  readonly error?: Error
}

/** Decides about a request. A throw counts as no opinion and is reported when nobody else allows. */
export type Authorizer = (attributes: AuthorizationAttributes) => Promise<AuthorizationDecision> | AuthorizationDecision
