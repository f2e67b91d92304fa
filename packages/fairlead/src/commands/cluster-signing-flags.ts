import { formatDuration } from '@fairlead/apimachinery'
import type { Option } from 'commander'
import { type ClusterSigningSettings, defaultClusterSigningSettings } from '../controller-manager/cluster-signing.ts'
import { duration, option } from './flag-types.ts'

/** What commander makes of the flags. */
export interface ClusterSigningFlags {
  readonly clusterSigningCertFile?: string
  readonly clusterSigningKeyFile?: string
  readonly clusterSigningDuration: number
}

/** The flags for the authority that signs certificate signing requests. */
export function clusterSigningFlags(): readonly Option[] {
  const { longestDuration } = defaultClusterSigningSettings
  return [
    option(
      '--cluster-signing-cert-file <file>',
      'authority that signs certificate signing requests, PEM (default: that of the data folder of `up`)',
    ),
    option('--cluster-signing-key-file <file>', 'its private key, PEM'),
    option(
      '--cluster-signing-duration <duration>',
      'longest validity of a signed certificate; requests may ask for less',
      duration,
    ).default(longestDuration, formatDuration(longestDuration)),
  ]
}

export function clusterSigningSettings(flags: ClusterSigningFlags): ClusterSigningSettings {
  const { clusterSigningCertFile: certFile, clusterSigningKeyFile: keyFile } = flags
  return {
    ...(certFile === undefined ? {} : { certFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
    longestDuration: flags.clusterSigningDuration,
  }
}
