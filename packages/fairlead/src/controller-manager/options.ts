import type { EndpointBatchPeriods } from '@fairlead/controllers'
import { defaultElectionTimes, type ElectionTimes } from '@fairlead/controller-runtime'
import type { ClusterSigningSettings } from './cluster-signing.ts'
import type { EnvironmentFiles } from './environment.ts'

/** The Lease that one of several processes holds. */
export interface LeaderElectionSettings extends ElectionTimes {
  readonly namespace: string
  readonly name: string
}

/** Where health, metrics and configuration are served. */
export interface ComponentServingSettings {
  readonly bindAddress: string
  readonly port: number
  /** Where the certificate is kept; only in memory unless told. */
  readonly certDir?: string
  /** Paths that everybody may read. */
  readonly alwaysAllowPaths: readonly string[]
}

/** Everything that a process of controllers can be told. Durations in milliseconds. */
export interface ControllerManagerOptions {
  /** Which built-in controllers run: `*`, names, and names with a minus in front. */
  readonly controllers: readonly string[]
  /** The controller of tokens gives every ServiceAccount a Secret with a token. */
  readonly legacyServiceAccountTokens: boolean
  /** Unless told, this is a program in a pod. */
  readonly kubeconfig?: string
  /** Each controller is its own ServiceAccount of kube-system, instead of whom the kubeconfig names. */
  readonly useServiceAccountCredentials: boolean
  readonly files: EnvironmentFiles
  readonly clusterSigning: ClusterSigningSettings
  readonly endpointBatchPeriods?: EndpointBatchPeriods
  /** Absent: the controllers run without asking whether others do. */
  readonly leaderElection?: LeaderElectionSettings
  /** Absent: nothing is served. */
  readonly serving?: ComponentServingSettings
}

/** The lease of upstream's controller manager, so that the two never work at the same time. */
export const defaultLeaderElection: LeaderElectionSettings = {
  ...defaultElectionTimes,
  namespace: 'kube-system',
  name: 'kube-controller-manager',
}
