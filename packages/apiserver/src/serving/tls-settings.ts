import type { SecureContextOptions } from 'node:tls'

/** Certificates of a listener, PEM. All of it can be replaced while the listener runs. */
export interface TlsSettings {
  /** The server's certificate, followed by intermediates. */
  readonly certificate: string
  readonly key: string
  /** Bundle that client certificates are verified against. Without it no client certificate verifies. */
  readonly clientCa?: string
}

/** The TLS context of a listener: TLS 1.2 or newer, and never the system's roots for client certificates. */
export function secureContextOptions(settings: TlsSettings): SecureContextOptions {
  return {
    cert: settings.certificate,
    key: settings.key,
    ca: settings.clientCa === undefined ? [] : [settings.clientCa],
    minVersion: 'TLSv1.2',
  }
}
