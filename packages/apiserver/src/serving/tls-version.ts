import { quote } from '@fairlead/apimachinery'
import type { SecureVersion } from 'node:tls'

const versions: Readonly<Record<string, SecureVersion | undefined>> = {
  '': 'TLSv1.2',
  VersionTLS12: 'TLSv1.2',
  VersionTLS13: 'TLSv1.3',
}

/** The oldest TLS version to speak, by kube-apiserver's name; empty is TLS 1.2. Throws for older and unknown ones. */
export function parseTlsVersion(name: string): SecureVersion {
  const version = Object.hasOwn(versions, name) ? versions[name] : undefined
  if (version !== undefined) return version
  if (name === 'VersionTLS10' || name === 'VersionTLS11') {
    throw new Error(`tls version ${quote(name)} is not offered: it is broken`)
  }
  throw new Error(`unknown tls version ${quote(name)}`)
}
