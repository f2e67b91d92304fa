import type { Clock } from '@fairlead/apimachinery'
import { createSigningAuthority, type KeyPair } from '@fairlead/apiserver'
import type { ClusterSigning, ControllerEnvironment } from '@fairlead/controllers'
import { readFlagFile } from '../files/read-flag-file.ts'
import type { Logger } from '../logging/logger.ts'
import { followFiles } from '../control-plane/reload.ts'

/** With what the requests of CertificateSigningRequests are signed. */
export interface ClusterSigningSettings {
  /** PEM files of the authority; that of the data folder unless told. Both or none. */
  readonly certFile?: string
  readonly keyFile?: string
  /** The longest that a certificate is valid, in milliseconds. */
  readonly longestDuration: number
}

const year = 365 * 24 * 60 * 60 * 1000

export const defaultClusterSigningSettings: ClusterSigningSettings = { longestDuration: year }

/** What controllers sign with, for as long as they run. */
export interface OpenedClusterSigning {
  /** Empty where nothing is signed. */
  readonly environment: Pick<ControllerEnvironment, 'clusterSigning'>
  stop(): void
}

/**
 * The authority of the files, as they are at the moment, or `own`. Without either nothing is signed: a certificate of
 * another authority than that of the clients would be of no use to them.
 */
export async function openClusterSigning(
  { certFile, keyFile, longestDuration }: ClusterSigningSettings,
  own: KeyPair | undefined,
  tools: { readonly clock: Clock; readonly logger: Logger },
): Promise<OpenedClusterSigning> {
  if (certFile !== undefined && keyFile !== undefined) {
    const { authority, stop } = await followAuthority(certFile, keyFile, tools)
    return { environment: { clusterSigning: { longestDuration, authority } }, stop }
  }
  if (certFile !== undefined || keyFile !== undefined) {
    throw new Error('--cluster-signing-cert-file and --cluster-signing-key-file must be given together')
  }
  if (own === undefined) {
    tools.logger.warn({}, `certificate signing requests are not signed: ${keyIsUnknown}`)
    return { environment: {}, stop() {} }
  }
  const authority = createSigningAuthority(own)
  return { environment: { clusterSigning: { longestDuration, authority: () => authority } }, stop() {} }
}

const keyIsUnknown =
  'the key of the authority of clients is not known here (--cluster-signing-cert-file, --cluster-signing-key-file)'

async function followAuthority(
  certFile: string,
  keyFile: string,
  tools: { readonly clock: Clock; readonly logger: Logger },
): Promise<{ readonly authority: ClusterSigning['authority']; stop(): void }> {
  const [certificate, key] = await Promise.all([
    readFlagFile('--cluster-signing-cert-file', certFile),
    readFlagFile('--cluster-signing-key-file', keyFile),
  ])
  let current = readAuthority({ certificate, key })
  const stop = followFiles(
    [certFile, keyFile],
    ([changedCertificate = '', changedKey = '']) => {
      current = readAuthority({ certificate: changedCertificate, key: changedKey })
    },
    tools,
  )
  return { authority: () => current, stop }
}

function readAuthority(pair: KeyPair): ReturnType<typeof createSigningAuthority> {
  try {
    return createSigningAuthority(pair)
  } catch (cause) {
    throw new Error(`--cluster-signing-cert-file, --cluster-signing-key-file: ${(cause as Error).message}`, { cause })
  }
}
