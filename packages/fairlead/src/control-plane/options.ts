import type { KeyPair } from '@fairlead/apiserver'
import type { EndpointBatchPeriods } from '@fairlead/controllers'
import { type AggregationSettings, defaultAggregationSettings } from './aggregation-settings.ts'
import type { AuditSettings } from './audit-settings.ts'
import { type AuthenticationSettings, defaultAuthenticationSettings } from './authentication-settings.ts'
import { type AuthorizationSettings, defaultAuthorizationSettings } from './authorization-settings.ts'
import type { LeaderElectionSettings } from '../controller-manager/options.ts'
import { type ClusterSigningSettings, defaultClusterSigningSettings } from '../controller-manager/cluster-signing.ts'
import type { InsecureSettings } from './insecure-listener.ts'
import type { ServingSettings } from './serving-settings.ts'

/** Everything that a control plane can be told. Durations in milliseconds unless the name says otherwise. */
export interface ControlPlaneOptions {
  readonly bindAddress: string
  /** 0 picks a free port. */
  readonly securePort: number
  readonly advertiseAddress?: string
  readonly dataDir: string
  readonly storage: 'lmdb' | 'memory'
  /** Such as `api/all=true` or `resource.k8s.io/v1beta1=true`. */
  readonly runtimeConfig: readonly string[]
  /** One range, or two of different families with a comma between them. */
  readonly serviceClusterIpRange: string
  /** Such as `30000-32767`. */
  readonly serviceNodePortRange: string
  readonly anonymousAuth: boolean
  /** Which built-in controllers run in this process: `*`, names, and names with a minus in front. */
  readonly controllers: readonly string[]
  /** The controller of tokens gives every ServiceAccount a Secret with a token. */
  readonly legacyServiceAccountTokens: boolean
  /** They run only while this process holds a Lease; unless told it is alone. */
  readonly leaderElection?: LeaderElectionSettings
  readonly clusterSigning: ClusterSigningSettings
  readonly endpointBatchPeriods?: EndpointBatchPeriods
  readonly tokenAuthFile?: string
  /** How users are recognised. */
  readonly authentication: AuthenticationSettings
  /** Regular expressions. */
  readonly corsAllowedOrigins: readonly string[]
  readonly maxRequestsInflight: number
  readonly maxMutatingRequestsInflight: number
  readonly requestTimeout: number
  readonly minRequestTimeoutSeconds: number
  readonly eventTtl: number
  readonly compactionInterval: number
  readonly deleteCollectionWorkers: number
  readonly shutdownDelay: number
  readonly strictTransportSecurity: readonly string[]
  readonly audit?: AuditSettings
  /** A port without TLS and without questions, on loopback; none unless told. */
  readonly insecure?: InsecureSettings
  /** TLS of the secure port; `defaultServingSettings` unless told. */
  readonly serving?: ServingSettings
  readonly authorization: AuthorizationSettings
  readonly aggregation: AggregationSettings
  /** Certificates that somebody else made; what is absent is made in the data folder. */
  readonly serverCertificate?: KeyPair
  readonly clientCa?: string
}

/** What a control plane does when nobody says. */
export const defaultControlPlaneOptions: ControlPlaneOptions = {
  bindAddress: '127.0.0.1',
  securePort: 6443,
  dataDir: '.fairlead',
  storage: 'lmdb',
  runtimeConfig: [],
  serviceClusterIpRange: '10.0.0.0/24',
  serviceNodePortRange: '30000-32767',
  anonymousAuth: true,
  controllers: [],
  legacyServiceAccountTokens: false,
  clusterSigning: defaultClusterSigningSettings,
  authentication: defaultAuthenticationSettings,
  corsAllowedOrigins: [],
  maxRequestsInflight: 400,
  maxMutatingRequestsInflight: 200,
  requestTimeout: 60_000,
  minRequestTimeoutSeconds: 1800,
  eventTtl: 3_600_000,
  compactionInterval: 300_000,
  deleteCollectionWorkers: 16,
  shutdownDelay: 0,
  strictTransportSecurity: [],
  authorization: defaultAuthorizationSettings,
  aggregation: defaultAggregationSettings,
}
