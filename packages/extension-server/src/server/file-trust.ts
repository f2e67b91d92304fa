import type { Clock } from '@fairlead/apimachinery'
import {
  type CertificateAuthorities,
  parseCertificateAuthorities,
  standardFrontProxyHeaders,
} from '@fairlead/apiserver'
import { type FollowedFiles, followFiles } from '../files/follow-files.ts'
import type { AuthenticationOptions, RequestHeaderOptions } from './delegation-options.ts'
import type { Trust } from './delegation-trust.ts'

/** Reads the authorities that the options name, and again when their files change. Rejects for what cannot be used. */
export function followFileTrust(
  { clientCaFile, requestHeader }: AuthenticationOptions,
  options: { readonly clock: Clock; onChange(): void; onError(error: unknown): void },
): Promise<FollowedFiles<Trust>> {
  const users = clientCaFile === undefined ? [] : [{ flag: 'client-ca-file', path: clientCaFile }]
  const proxies =
    requestHeader === undefined ? [] : [{ flag: 'requestheader-client-ca-file', path: requestHeader.clientCaFile }]
  const files = [...users, ...proxies]
  const make = (texts: readonly string[]): Trust => {
    const read = (index: number): CertificateAuthorities => {
      try {
        return parseCertificateAuthorities(texts[index] ?? '')
      } catch (cause) {
        const { flag, path } = files[index] ?? { flag: '', path: '' }
        throw new Error(`${flag} "${path}": ${(cause as Error).message}`, { cause })
      }
    }
    return {
      ...(users.length > 0 ? { users: read(0) } : {}),
      ...(requestHeader === undefined ? {} : { proxies: trustedProxies(read(users.length), requestHeader) }),
    }
  }
  return followFiles(files, make, options)
}

function trustedProxies(
  authorities: CertificateAuthorities,
  options: RequestHeaderOptions,
): NonNullable<Trust['proxies']> {
  return {
    authorities,
    allowedNames: options.allowedNames ?? [],
    headers: {
      username: options.usernameHeaders ?? standardFrontProxyHeaders.username,
      uid: options.uidHeaders ?? [],
      group: options.groupHeaders ?? standardFrontProxyHeaders.group,
      extraPrefix: options.extraHeadersPrefix ?? standardFrontProxyHeaders.extraPrefix,
    },
  }
}
