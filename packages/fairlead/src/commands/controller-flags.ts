import { formatDuration } from '@fairlead/apimachinery'
import type { EndpointBatchPeriods } from '@fairlead/controllers'
import { Option } from 'commander'
import { defaultLeaderElection, type LeaderElectionSettings } from '../controller-manager/options.ts'
import type { ClusterSigningSettings } from '../controller-manager/cluster-signing.ts'
import { type ClusterSigningFlags, clusterSigningFlags, clusterSigningSettings } from './cluster-signing-flags.ts'
import { endpointBatchPeriods, type EndpointFlags, endpointFlags } from './endpoint-flags.ts'
import { duration, option, switchOption } from './flag-types.ts'

/** What commander makes of the flags below. */
export interface ControllerFlags extends ClusterSigningFlags, EndpointFlags {
  readonly controllers: string
  readonly legacySaTokens: boolean
  readonly leaderElect: boolean
  readonly leaderElectLeaseDuration: number
  readonly leaderElectRenewDeadline: number
  readonly leaderElectRetryPeriod: number
  readonly leaderElectResourceName: string
  readonly leaderElectResourceNamespace: string
}

/** Flags of kube-controller-manager for which controllers run, when, and with what. */
export function controllerFlags({ leaderElect }: Pick<ControllerFlags, 'leaderElect'>): readonly Option[] {
  const { leaseDuration, renewDeadline, retryPeriod, name, namespace } = defaultLeaderElection
  const time = (flag: string, description: string, milliseconds: number): Option =>
    option(`--leader-elect-${flag} <duration>`, description, duration).default(
      milliseconds,
      formatDuration(milliseconds),
    )
  return [
    new Option(
      '--controllers <list>',
      "controllers to run, comma-separated: '*' for all that run unasked, NAME, -NAME; '' for none",
    ).default('*'),
    switchOption(
      'legacy-sa-tokens',
      'give every ServiceAccount a Secret with a token that does not expire, for clients up to 1.23',
    ).default(false),
    switchOption('leader-elect', 'run controllers only while this process holds the Lease').default(leaderElect),
    time('lease-duration', 'how long others leave a Lease alone that is not renewed', leaseDuration),
    time('renew-deadline', 'how long a process that cannot renew the Lease goes on', renewDeadline),
    time('retry-period', 'how long to wait between two tries to get or renew the Lease', retryPeriod),
    option('--leader-elect-resource-lock <type>', 'what is held').choices(['leases']).default('leases'),
    option('--leader-elect-resource-name <name>', 'name of the Lease').default(name),
    option('--leader-elect-resource-namespace <namespace>', 'namespace of the Lease').default(namespace),
    ...clusterSigningFlags(),
    ...endpointFlags(),
  ]
}

/** The settings that the flags mean. */
export function controllerSettings(flags: ControllerFlags): {
  readonly controllers: readonly string[]
  readonly legacyServiceAccountTokens: boolean
  readonly clusterSigning: ClusterSigningSettings
  readonly endpointBatchPeriods: EndpointBatchPeriods
  readonly leaderElection?: LeaderElectionSettings
} {
  return {
    controllers: flags.controllers.split(',').filter((name) => name !== ''),
    legacyServiceAccountTokens: flags.legacySaTokens,
    clusterSigning: clusterSigningSettings(flags),
    endpointBatchPeriods: endpointBatchPeriods(flags),
    ...(flags.leaderElect && {
      leaderElection: {
        leaseDuration: flags.leaderElectLeaseDuration,
        renewDeadline: flags.leaderElectRenewDeadline,
        retryPeriod: flags.leaderElectRetryPeriod,
        name: flags.leaderElectResourceName,
        namespace: flags.leaderElectResourceNamespace,
      },
    }),
  }
}
