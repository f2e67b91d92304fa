import type { RequestAuthenticator } from './authenticator.ts'
import { anonymousUser } from './well-known-users.ts'

/** Who may come without credentials. */
export interface AnonymousOptions {
  readonly enabled: boolean
  /** Exact paths; absent means all of them. */
  readonly paths?: readonly string[]
}

/** Health and version for everybody, everything else for those with credentials. */
export const anonymousProbes: AnonymousOptions = {
  enabled: true,
  paths: ['/healthz', '/livez', '/readyz', '/version'],
}

/** Lets requests without credentials in as `system:anonymous`. Stands last among authenticators. */
export function authenticateAnonymous({ enabled, paths }: AnonymousOptions): RequestAuthenticator {
  const allowed = paths === undefined ? undefined : new Set(paths)
  return async (request) =>
    enabled && (allowed === undefined || allowed.has(request.path)) ? { user: anonymousUser } : undefined
}
