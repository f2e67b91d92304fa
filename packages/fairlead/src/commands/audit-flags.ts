import { formatDuration } from '@fairlead/apimachinery'
import type { Option } from 'commander'
import type { AuditBackendSettings, AuditSettings } from '../control-plane/audit-settings.ts'
import { duration, integer, number, option, switchOption } from './flag-types.ts'

type Plugin = 'log' | 'webhook'

const int = integer(-1_000_000_000, 1_000_000_000_000)

/** What the two backends do unless told. */
const defaults = {
  log: { mode: 'blocking', maxSize: 1, maxWait: 0, throttle: false, qps: 0, burst: 0 },
  webhook: { mode: 'batch', maxSize: 400, maxWait: 30_000, throttle: true, qps: 10, burst: 15 },
} as const

/** The audit flags of kube-apiserver. */
export function auditFlags(): readonly Option[] {
  return [
    option('--audit-policy-file <file>', 'which requests are audited and how much of them; without it none is'),
    option('--audit-log-path <file>', 'where audit events are logged; - is standard output'),
    option('--audit-log-format <format>', 'json, or legacy for one line of text an event').default('json'),
    option('--audit-log-version <version>', 'group and version of logged events').default('audit.k8s.io/v1'),
    option('--audit-log-maxage <days>', 'days for which old audit logs are kept; 0 keeps them', int).default(366),
    option('--audit-log-maxbackup <count>', 'old audit logs that are kept; 0 keeps them all', int).default(100),
    option('--audit-log-maxsize <megabytes>', 'size at which a new audit log is begun; 0 is none', int).default(100),
    switchOption('audit-log-compress', 'compress old audit logs with gzip').default(false),
    ...backendFlags('log'),
    option('--audit-webhook-config-file <file>', 'kubeconfig of the server that audit events are sent to'),
    option('--audit-webhook-version <version>', 'group and version of events sent').default('audit.k8s.io/v1'),
    option('--audit-webhook-initial-backoff <duration>', 'pause before a failed call is made again', duration).default(
      10_000,
      '10s',
    ),
    ...backendFlags('webhook'),
  ]
}

function backendFlags(plugin: Plugin): readonly Option[] {
  const { mode, maxSize, maxWait, throttle, qps, burst } = defaults[plugin]
  const name = (rest: string): string => `audit-${plugin}-${rest}`
  return [
    option(
      `--${name('mode')} <mode>`,
      'batch: requests do not wait for their events; blocking: they do; blocking-strict: they fail with them',
    ).default(mode),
    option(`--${name('batch-buffer-size')} <count>`, 'events that may wait in mode batch', int).default(10_000),
    option(`--${name('batch-max-size')} <count>`, 'events of one batch', int).default(maxSize),
    option(`--${name('batch-max-wait')} <duration>`, 'longest wait for a batch to fill', duration).default(
      maxWait,
      formatDuration(maxWait),
    ),
    switchOption(name('batch-throttle-enable'), 'limit the rate of batches').default(throttle),
    option(`--${name('batch-throttle-qps')} <rate>`, 'batches a second on average', number).default(qps),
    option(`--${name('batch-throttle-burst')} <count>`, 'batches at once after a pause', int).default(burst),
    switchOption(name('truncate-enabled'), 'cut events and batches down to the sizes below').default(false),
    option(`--${name('truncate-max-batch-size')} <bytes>`, 'size at which a batch is split', int).default(10_485_760),
    option(
      `--${name('truncate-max-event-size')} <bytes>`,
      'size beyond which an event loses its bodies, and is dropped if that is not enough',
      int,
    ).default(102_400),
  ]
}

/** What commander makes of the flags above, by their names in camel case. */
export interface AuditFlags {
  readonly auditPolicyFile?: string
  readonly auditLogPath?: string
  readonly auditLogFormat: string
  readonly auditLogMaxage: number
  readonly auditLogMaxbackup: number
  readonly auditLogMaxsize: number
  readonly auditLogCompress: boolean
  readonly auditWebhookConfigFile?: string
  readonly auditWebhookInitialBackoff: number
}

/** The settings that the flags mean. */
export function auditSettings(flags: AuditFlags): AuditSettings {
  return {
    ...(flags.auditPolicyFile !== undefined && { policyFile: flags.auditPolicyFile }),
    log: {
      ...(flags.auditLogPath !== undefined && { path: flags.auditLogPath }),
      maxAgeDays: flags.auditLogMaxage,
      maxBackups: flags.auditLogMaxbackup,
      maxSizeMegabytes: flags.auditLogMaxsize,
      compress: flags.auditLogCompress,
      format: flags.auditLogFormat,
      ...backendSettings('Log', flags),
    },
    webhook: {
      ...(flags.auditWebhookConfigFile !== undefined && { configFile: flags.auditWebhookConfigFile }),
      initialBackoff: flags.auditWebhookInitialBackoff,
      ...backendSettings('Webhook', flags),
    },
  }
}

function backendSettings(plugin: 'Log' | 'Webhook', flags: object): AuditBackendSettings {
  const value = (name: string): unknown => (flags as Readonly<Record<string, unknown>>)[`audit${plugin}${name}`]
  return {
    version: value('Version') as string,
    mode: value('Mode') as string,
    batch: {
      bufferSize: value('BatchBufferSize') as number,
      maxSize: value('BatchMaxSize') as number,
      maxWait: value('BatchMaxWait') as number,
      throttleEnable: value('BatchThrottleEnable') as boolean,
      throttleQps: value('BatchThrottleQps') as number,
      throttleBurst: value('BatchThrottleBurst') as number,
    },
    truncate: {
      enabled: value('TruncateEnabled') as boolean,
      maxBatchSize: value('TruncateMaxBatchSize') as number,
      maxEventSize: value('TruncateMaxEventSize') as number,
    },
  }
}
