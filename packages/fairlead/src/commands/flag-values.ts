import type { ControlPlaneOptions } from '../control-plane/options.ts'
import { type AggregationFlags, aggregationSettings } from './aggregation-flags.ts'
import { type AuditFlags, auditSettings } from './audit-flags.ts'
import { type AuthenticationFlags, authenticationSettings } from './authentication-flags.ts'
import { type ServingFlags, servingOptions } from './serving-flags.ts'

/** What commander makes of the flags in `flags.ts`. */
export interface CommonFlags extends AggregationFlags, AuditFlags, AuthenticationFlags, ServingFlags {
  readonly securePort: number
  readonly bindAddress: string
  readonly advertiseAddress?: string
  readonly dataDir: string
  readonly storage: 'lmdb' | 'memory'
  readonly logLevel: string
  readonly runtimeConfig: readonly string[]
  readonly serviceClusterIpRange: string
  readonly serviceNodePortRange: string
  readonly tokenAuthFile?: string
  readonly corsAllowedOrigins: readonly string[]
  readonly maxRequestsInflight: number
  readonly maxMutatingRequestsInflight: number
  readonly requestTimeout: number
  readonly minRequestTimeout: number
  readonly eventTtl: number
  readonly etcdCompactionInterval: number
  readonly deleteCollectionWorkers: number
  readonly shutdownDelayDuration: number
  readonly strictTransportSecurityDirectives: readonly string[]
}

/** The options that the flags mean, but for what the commands do not share: defaults of authorization, and controllers. */
export function controlPlaneOptions(
  flags: CommonFlags,
): Omit<ControlPlaneOptions, 'authorization' | 'clusterSigning' | 'controllers' | 'legacyServiceAccountTokens'> {
  return {
    bindAddress: flags.bindAddress,
    securePort: flags.securePort,
    ...(flags.advertiseAddress === undefined ? {} : { advertiseAddress: flags.advertiseAddress }),
    dataDir: flags.dataDir,
    storage: flags.storage,
    runtimeConfig: flags.runtimeConfig,
    serviceClusterIpRange: flags.serviceClusterIpRange,
    serviceNodePortRange: flags.serviceNodePortRange,
    anonymousAuth: flags.anonymousAuth ?? true,
    ...(flags.tokenAuthFile === undefined ? {} : { tokenAuthFile: flags.tokenAuthFile }),
    authentication: authenticationSettings(flags),
    corsAllowedOrigins: flags.corsAllowedOrigins,
    maxRequestsInflight: flags.maxRequestsInflight,
    maxMutatingRequestsInflight: flags.maxMutatingRequestsInflight,
    requestTimeout: flags.requestTimeout,
    minRequestTimeoutSeconds: flags.minRequestTimeout,
    eventTtl: flags.eventTtl,
    compactionInterval: flags.etcdCompactionInterval,
    deleteCollectionWorkers: flags.deleteCollectionWorkers,
    shutdownDelay: flags.shutdownDelayDuration,
    strictTransportSecurity: flags.strictTransportSecurityDirectives,
    audit: auditSettings(flags),
    ...servingOptions(flags),
    aggregation: aggregationSettings(flags),
  }
}
