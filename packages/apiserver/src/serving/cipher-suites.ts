import { getCiphers } from 'node:tls'

/** TLS 1.3 has suites of its own, which cannot be chosen. */
const tls13Suites = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']

/** Names of suites as kube-apiserver knows them, with OpenSSL's. */
const suites: ReadonlyMap<string, string> = new Map([
  ...tls13Suites.map((name) => [name, name] as const),
  ...['ECDSA', 'RSA'].flatMap((kind): (readonly [string, string])[] => {
    const [ours, theirs] = [`TLS_ECDHE_${kind}_WITH_`, `ECDHE-${kind}-`]
    return [
      [`${ours}AES_128_GCM_SHA256`, `${theirs}AES128-GCM-SHA256`],
      [`${ours}AES_256_GCM_SHA384`, `${theirs}AES256-GCM-SHA384`],
      [`${ours}CHACHA20_POLY1305`, `${theirs}CHACHA20-POLY1305`],
      [`${ours}CHACHA20_POLY1305_SHA256`, `${theirs}CHACHA20-POLY1305`],
      [`${ours}AES_128_CBC_SHA`, `${theirs}AES128-SHA`],
      [`${ours}AES_256_CBC_SHA`, `${theirs}AES256-SHA`],
    ]
  }),
])

const insecureSuites: ReadonlyMap<string, string> = new Map([
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256', 'ECDHE-ECDSA-AES128-SHA256'],
  ['TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA', 'ECDHE-RSA-DES-CBC3-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256', 'ECDHE-RSA-AES128-SHA256'],
  ['TLS_RSA_WITH_3DES_EDE_CBC_SHA', 'DES-CBC3-SHA'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA256', 'AES128-SHA256'],
  ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'AES128-GCM-SHA256'],
  ['TLS_RSA_WITH_AES_256_CBC_SHA', 'AES256-SHA'],
  ['TLS_RSA_WITH_AES_256_GCM_SHA384', 'AES256-GCM-SHA384'],
])

const requiredByHttp2 = ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256']

/** Suites with forward secrecy, those with authenticated encryption first: what is offered when nobody says. */
export const defaultCiphers: string = [...new Set(suites.values())].join(':')

/** What OpenSSL is told. */
export interface CipherSelection {
  readonly ciphers: string
  /** Those of the names that should not be used any more. */
  readonly insecure: readonly string[]
}

/**
 * Looks up suites by kube-apiserver's names. Those of TLS 1.3 are always offered. Throws for names that are unknown or
 * that the TLS library has given up (3DES, RC4), and for a selection that HTTP/2 could not work with.
 */
export function selectCiphers(
  names: readonly string[],
  { http2 = true }: { readonly http2?: boolean } = {},
): CipherSelection {
  if (names.length === 0) return { ciphers: defaultCiphers, insecure: [] }
  const available = new Set(getCiphers())
  const chosen = names.map((name) => {
    const cipher = suites.get(name) ?? insecureSuites.get(name)
    if (cipher === undefined || !available.has(cipher.toLowerCase())) {
      throw new Error(`Cipher suite ${name} not supported or doesn't exist`)
    }
    return cipher
  })
  if (http2 && !requiredByHttp2.some((name) => names.includes(name))) {
    throw new Error(
      `error configuring http2: http2: TLSConfig.CipherSuites is missing an HTTP/2-required AES_128_GCM_SHA256 cipher (need at least one of ${requiredByHttp2.join(' or ')})`,
    )
  }
  return {
    ciphers: [...new Set([...tls13Suites, ...chosen])].join(':'),
    insecure: names.filter((name) => insecureSuites.has(name)),
  }
}
