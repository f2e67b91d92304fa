import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { type NamedCertificate, parseTlsVersion, selectCiphers, type TlsSettings } from '@fairlead/apiserver'
import type { Logger } from '../logging/logger.ts'

/** TLS of the secure port, as the flags say it. */
export interface ServingSettings {
  /** Such as `VersionTLS13`; empty is TLS 1.2. */
  readonly minVersion: string
  /** kube-apiserver's names; none is the default. */
  readonly cipherSuites: readonly string[]
  /** 0 is the default. */
  readonly maxStreamsPerConnection: number
  readonly files: ServingFiles
}

/** Files that are followed while the server runs. */
export interface ServingFiles {
  readonly certificate?: { readonly certificate: string; readonly key: string }
  readonly clientCa?: string
  readonly named: readonly { readonly certificate: string; readonly key: string; readonly names: readonly string[] }[]
}

export const defaultServingSettings: ServingSettings = {
  minVersion: '',
  cipherSuites: [],
  maxStreamsPerConnection: 0,
  files: { named: [] },
}

/** Reads `CERTIFICATE,KEY` with optional `:NAME,NAME`. */
export function parseNamedCertificate(text: string): ServingFiles['named'][number] {
  const colon = text.indexOf(':')
  const [files, list] = colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1).trim()]
  if (list === '') throw new Error('empty names list is not allowed')
  const names = list === undefined ? [] : list.split(',').map((name) => name.trim())
  const paths = files.trim().split(',')
  if (paths.length !== 2) throw new Error('expected comma separated certificate and key file paths')
  const [certificate = '', key = ''] = paths.map((path) => path.trim())
  const address = names.find((name) => isIP(name) !== 0)
  if (address !== undefined) throw new Error(`certificates cannot be chosen by address (${address})`)
  return { certificate, key, names }
}

/** What of TLS is not in the certificates. Throws for names that are not known; warns of suites better not used. */
export async function tlsParameters(
  { minVersion, cipherSuites, files }: ServingSettings,
  logger: Logger,
): Promise<Pick<TlsSettings, 'minVersion' | 'ciphers' | 'named'>> {
  const version = parseTlsVersion(minVersion)
  const { ciphers, insecure } = selectCiphers(cipherSuites, { http2: version !== 'TLSv1.3' })
  for (const name of insecure) logger.warn({}, `Use of insecure cipher '${name}' detected.`)
  const named = await Promise.all(files.named.map(readNamed))
  return { minVersion: version, ciphers, named }
}

async function readNamed({ certificate, key, names }: ServingFiles['named'][number]): Promise<NamedCertificate> {
  try {
    return { certificate: await readFile(certificate, 'utf8'), key: await readFile(key, 'utf8'), names }
  } catch (cause) {
    throw new Error(`failed to load SNI cert and key: ${(cause as Error).message}`, { cause })
  }
}
