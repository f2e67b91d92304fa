/** What the audit flags say. Sizes are bytes and times milliseconds unless the name says otherwise. */
export interface AuditSettings {
  readonly policyFile?: string
  readonly log: AuditLogSettings
  readonly webhook: AuditWebhookSettings
}

export interface AuditLogSettings extends AuditBackendSettings {
  /** `-` is standard output; undefined keeps no log. */
  readonly path?: string
  readonly maxAgeDays: number
  readonly maxBackups: number
  readonly maxSizeMegabytes: number
  readonly compress: boolean
  readonly format: string
}

export interface AuditWebhookSettings extends AuditBackendSettings {
  readonly configFile?: string
  readonly initialBackoff: number
}

/** What both backends can be told. */
export interface AuditBackendSettings {
  readonly version: string
  readonly mode: string
  readonly batch: {
    readonly bufferSize: number
    readonly maxSize: number
    readonly maxWait: number
    readonly throttleEnable: boolean
    readonly throttleQps: number
    readonly throttleBurst: number
  }
  readonly truncate: { readonly enabled: boolean; readonly maxBatchSize: number; readonly maxEventSize: number }
}

const modes = ['batch', 'blocking', 'blocking-strict']
const formats = ['legacy', 'json']

/** What is wrong with the settings of the backends that are in use, in upstream's words. */
export function auditProblems({ log, webhook }: AuditSettings): readonly string[] {
  return [
    ...(log.path === undefined ? [] : logProblems(log)),
    ...(webhook.configFile === undefined ? [] : backendProblems('webhook', webhook)),
  ]
}

function logProblems(log: AuditLogSettings): readonly string[] {
  const limits: readonly (readonly [string, number])[] = [
    ['maxage', log.maxAgeDays],
    ['maxbackup', log.maxBackups],
    ['maxsize', log.maxSizeMegabytes],
  ]
  return [
    ...backendProblems('log', log),
    ...(formats.includes(log.format)
      ? []
      : [`invalid audit log format ${log.format}, allowed formats are "${formats.join(',')}"`]),
    ...limits.flatMap(([name, value]) =>
      value < 0 ? [`--audit-log-${name} ${value} can't be a negative number`] : [],
    ),
  ]
}

function backendProblems(plugin: string, { mode, batch, truncate, version }: AuditBackendSettings): readonly string[] {
  const problems: string[] = []
  if (!modes.includes(mode)) {
    problems.push(`invalid audit ${plugin} mode ${mode}, allowed modes are "${modes.join(',')}"`)
  } else if (mode === 'batch') {
    const positive = (name: string, value: number): readonly string[] =>
      value > 0 ? [] : [`invalid audit batch ${plugin} ${name} ${value}, must be a positive number`]
    const [first] = [
      ...positive('buffer size', batch.bufferSize),
      ...positive('max batch size', batch.maxSize),
      ...(batch.throttleEnable ? positive('throttle QPS', batch.throttleQps) : []),
      ...(batch.throttleEnable ? positive('throttle burst', batch.throttleBurst) : []),
    ]
    if (first !== undefined) problems.push(first)
  }
  const { maxEventSize, maxBatchSize } = truncate
  if (maxEventSize <= 0) {
    problems.push(`invalid audit truncate ${plugin} max event size ${maxEventSize}, must be a positive number`)
  } else if (maxBatchSize < maxEventSize) {
    problems.push(
      `invalid audit truncate ${plugin} max batch size ${maxBatchSize}, must be greater than max event size (${maxEventSize})`,
    )
  }
  if (version !== 'audit.k8s.io/v1') problems.push('invalid group version, allowed versions are ["audit.k8s.io/v1"]')
  return problems
}
