import { type Option, InvalidArgumentError } from 'commander'
import type { ControlPlaneOptions } from '../control-plane/options.ts'
import { parseNamedCertificate, type ServingFiles, type ServingSettings } from '../control-plane/serving-settings.ts'
import { integer, list, option } from './flag-types.ts'

/** The insecure port that kube-apiserver once had. */
export function insecureFlags(): readonly Option[] {
  return [
    option(
      '--insecure-port <port>',
      'port to serve HTTP on, where everybody on this machine may do everything; 0 is none',
      integer(0, 65535),
    ).default(0),
    option('--insecure-bind-address <address>', 'loopback address of the insecure port').default('127.0.0.1'),
  ]
}

export function tlsFlags(): readonly Option[] {
  return [
    option('--tls-min-version <version>', 'oldest TLS version: VersionTLS12 or VersionTLS13 (default: VersionTLS12)'),
    option(
      '--tls-cipher-suites <name,...>',
      'cipher suites of TLS 1.2 (default: those with forward secrecy)',
      list,
    ).default([]),
    option(
      '--http2-max-streams-per-connection <count>',
      'requests at a time on one HTTP/2 connection; 0 is 100',
      integer(0, 100_000),
    ).default(0),
  ]
}

/** Certificates for single names; a flag of `fairlead apiserver` alone. */
export function namedCertificateFlag(): Option {
  return option<ServingFiles['named']>(
    '--tls-sni-cert-key <cert,key[:domain,...]>',
    'certificate and key for clients that ask for one of the domains, or for those of the certificate; repeatable',
    (text, before) => {
      try {
        return [...(before ?? []), parseNamedCertificate(text)]
      } catch (error) {
        throw new InvalidArgumentError((error as Error).message)
      }
    },
  ).default([])
}

/** What commander makes of the flags above. */
export interface ServingFlags {
  readonly insecurePort: number
  readonly insecureBindAddress: string
  readonly tlsMinVersion?: string
  readonly tlsCipherSuites: readonly string[]
  readonly http2MaxStreamsPerConnection: number
}

export interface NamedCertificateFlags {
  readonly tlsSniCertKey: ServingFiles['named']
}

export function servingOptions(flags: ServingFlags): Pick<ControlPlaneOptions, 'insecure' | 'serving'> {
  const { insecurePort: port, insecureBindAddress: bindAddress } = flags
  return {
    serving: servingSettings(flags, { named: [] }),
    ...(port !== 0 && { insecure: { port, bindAddress } }),
  }
}

export function servingSettings(flags: ServingFlags, files: ServingFiles): ServingSettings {
  return {
    minVersion: flags.tlsMinVersion ?? '',
    cipherSuites: flags.tlsCipherSuites,
    maxStreamsPerConnection: flags.http2MaxStreamsPerConnection,
    files,
  }
}
