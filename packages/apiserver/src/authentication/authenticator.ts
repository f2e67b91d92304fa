import type { ApiRequest } from '../request/api-request.ts'
import type { UserInfo } from './user-info.ts'

/**
 * Recognises the sender of a request. Undefined means no opinion (no credentials of this sort); a throw means
 * credentials of this sort that are wrong. Never logs a credential.
 */
export type RequestAuthenticator = (request: ApiRequest) => Promise<AuthenticatedRequest | undefined>

export interface AuthenticatedRequest {
  readonly user: UserInfo
  /** The audiences that the credential is good for, when it names any. */
  readonly audiences?: readonly string[]
}

/** Recognises a bearer token, with the same contract. */
export type TokenAuthenticator = (token: string) => Promise<AuthenticatedRequest | undefined>
