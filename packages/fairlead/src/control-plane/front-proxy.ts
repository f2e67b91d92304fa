import { X509Certificate } from 'node:crypto'
import {
  type FrontProxyHeaders,
  type KeyPair,
  parseCertificateAuthorities,
  standardFrontProxyHeaders,
} from '@fairlead/apiserver'
import type { Certificates } from '../certificates/certificate-folder.ts'
import { readFlagFile } from '../files/read-flag-file.ts'
import type { AuthenticationSettings, RequestHeaderSettings } from './authentication-settings.ts'

/** Which front proxies are trusted, and what this server shows when it is one itself. */
export interface FrontProxyTrust {
  /** PEM. */
  readonly authority: string
  /** Empty means any name. */
  readonly allowedNames: readonly string[]
  readonly headers: FrontProxyHeaders
  readonly client: KeyPair
}

/** Common name of the certificate that is made in the data folder. */
export const frontProxyName = 'front-proxy-client'

/** Reads what the flags name; the rest is that of the data folder. `clientCa` are the authorities of users. Throws with the flag's name. */
export async function readFrontProxyTrust(
  settings: AuthenticationSettings,
  { made, clientCa }: { readonly made: Certificates; readonly clientCa: string },
): Promise<FrontProxyTrust> {
  const { requestHeader } = settings
  checkHeaders(requestHeader)
  const { clientCaFile } = requestHeader
  const trust =
    clientCaFile === undefined
      ? madeTrust(requestHeader, made)
      : {
          authority: await readFlagFile('--requestheader-client-ca-file', clientCaFile),
          allowedNames: requestHeader.allowedNames,
          headers: headersOf(requestHeader),
        }
  if (trust.allowedNames.length === 0 && overlap(trust.authority, clientCa)) {
    throw new Error(
      '--requestheader-client-ca-file and --client-ca-file contain overlapping certificates; --requestheader-allowed-names must be specified to ensure regular client certificates cannot set authenticating proxy headers for arbitrary users',
    )
  }
  return { ...trust, client: await readClient(settings, made) }
}

function madeTrust(
  given: RequestHeaderSettings,
  made: Certificates,
): { authority: string; allowedNames: readonly string[]; headers: FrontProxyHeaders } {
  const named = headersOf(given)
  const or = (names: readonly string[], standard: readonly string[]) => (names.length > 0 ? names : standard)
  return {
    authority: made.frontProxyAuthority.certificate,
    allowedNames: or(given.allowedNames, [frontProxyName]),
    headers: {
      username: or(named.username, standardFrontProxyHeaders.username),
      uid: or(named.uid, standardFrontProxyHeaders.uid),
      group: or(named.group, standardFrontProxyHeaders.group),
      extraPrefix: or(named.extraPrefix, standardFrontProxyHeaders.extraPrefix),
    },
  }
}

function headersOf(given: RequestHeaderSettings): FrontProxyHeaders {
  return {
    username: given.usernameHeaders,
    uid: given.uidHeaders,
    group: given.groupHeaders,
    extraPrefix: given.extraHeadersPrefix,
  }
}

function checkHeaders(given: RequestHeaderSettings): void {
  const lists = {
    'requestheader-username-headers': given.usernameHeaders,
    'requestheader-group-headers': given.groupHeaders,
    'requestheader-extra-headers-prefix': given.extraHeadersPrefix,
    'requestheader-allowed-names': given.allowedNames,
    'requestheader-uid-headers': given.uidHeaders,
  }
  for (const [flag, values] of Object.entries(lists)) {
    if (values.some((value) => value.trim() === '')) throw new Error(`empty value in "${flag}"`)
  }
  if (given.uidHeaders.length > 0 && !given.uidHeaders.some((name) => name.toLowerCase() === 'x-remote-uid')) {
    throw new Error(
      '--requestheader-uid-headers is set without specifying the standard X-Remote-Uid header - API aggregation will not work',
    )
  }
}

async function readClient(settings: AuthenticationSettings, made: Certificates): Promise<KeyPair> {
  const { proxyClientCertFile, proxyClientKeyFile } = settings
  if (proxyClientCertFile === undefined && proxyClientKeyFile === undefined) return made.frontProxyClient
  if (proxyClientCertFile === undefined || proxyClientKeyFile === undefined) {
    throw new Error('--proxy-client-cert-file and --proxy-client-key-file go together')
  }
  const [certificate, key] = await Promise.all([
    readFlagFile('--proxy-client-cert-file', proxyClientCertFile),
    readFlagFile('--proxy-client-key-file', proxyClientKeyFile),
  ])
  const { createPrivateKey } = await import('node:crypto')
  if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) {
    throw new Error('--proxy-client-key-file is not the key of --proxy-client-cert-file')
  }
  return { certificate, key }
}

function overlap(one: string, other: string): boolean {
  const known = new Set(parseCertificateAuthorities(one).certificates.map(({ fingerprint256 }) => fingerprint256))
  return parseCertificateAuthorities(other).certificates.some(({ fingerprint256 }) => known.has(fingerprint256))
}
