import { constants } from 'node:crypto'
import { createSecureContext, type SecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls'
import { defaultCiphers } from './cipher-suites.ts'
import { certificateNames } from './certificate-names.ts'

/** Certificates and TLS parameters of a listener, PEM. All of it can be replaced while the listener runs. */
export interface TlsSettings {
  /** The server's certificate, followed by intermediates. */
  readonly certificate: string
  readonly key: string
  /** Bundle that client certificates are verified against. Without it no client certificate verifies. */
  readonly clientCa?: string
  /** Certificates for clients that ask for a name. */
  readonly named?: readonly NamedCertificate[]
  /** Default: TLS 1.2. */
  readonly minVersion?: SecureVersion
  /** In OpenSSL's words (`selectCiphers`). */
  readonly ciphers?: string
}

/** A certificate for some names. */
export interface NamedCertificate {
  readonly certificate: string
  readonly key: string
  /** Domains, or `*.` and a domain; without any, those of the certificate. */
  readonly names: readonly string[]
}

/**
 * The TLS context of a listener: TLS 1.2 or newer, and never the system's roots for client certificates. Sessions are not
 * resumed: of a client in a resumed one its own certificate is known, but not those between it and its authority, and
 * nobody verifies it against authorities that have changed.
 */
export function secureContextOptions(settings: TlsSettings): SecureContextOptions {
  return {
    cert: settings.certificate,
    key: settings.key,
    ca: settings.clientCa === undefined ? [] : [settings.clientCa],
    minVersion: settings.minVersion ?? 'TLSv1.2',
    ciphers: settings.ciphers ?? defaultCiphers,
    secureOptions: constants.SSL_OP_NO_TICKET,
  }
}

/** Finds the context for the name that a client asks for; undefined is the listener's own. */
export type ContextByName = (name: string) => SecureContext | undefined

/** Contexts of the named certificates. Names that are given count more than names of certificates, earlier ones more than later. */
export function namedContexts(settings: TlsSettings): ContextByName {
  const given = new Map<string, SecureContext>()
  const found = new Map<string, SecureContext>()
  for (const { certificate, key, names } of (settings.named ?? []).toReversed()) {
    const context = createSecureContext(secureContextOptions({ ...settings, certificate, key }))
    for (const name of names) given.set(name.toLowerCase(), context)
    if (names.length === 0) for (const name of certificateNames(certificate)) found.set(name.toLowerCase(), context)
  }
  const contexts = new Map([...found, ...given])
  if (contexts.size === 0) return () => undefined
  return (name) => {
    const asked = name.toLowerCase().replace(/\.+$/, '')
    return contexts.get(asked) ?? contexts.get(asked.replace(/^[^.]*/, '*'))
  }
}
