import type { ApiRequest } from '../request/api-request.ts'
import type { UserInfo } from './user-info.ts'

/**
 * Recognises the sender of a request. Undefined means no opinion (no credentials of this sort); a throw means
 * credentials of this sort that are wrong. Never logs a credential.
 */
export type RequestAuthenticator = (request: ApiRequest) => Promise<AuthenticatedRequest | undefined>

export interface AuthenticatedRequest {
  readonly user: UserInfo
  /** Those of the audiences asked for that the credential is good for, when it names any. */
  readonly audiences?: readonly string[]
  /** What the sender should be told about the credential. */
  readonly warnings?: readonly string[]
  /** What is noted about the credential in the audit event of the request. */
  readonly auditAnnotations?: Readonly<Record<string, string>>
}

/**
 * Recognises a bearer token, with the same contract. `audiences` are those that the token should be good for, one of
 * them at least; the server's own unless told.
 */
export type TokenAuthenticator = (
  token: string,
  audiences?: readonly string[],
) => Promise<AuthenticatedRequest | undefined>
