import { readFile } from 'node:fs/promises'
import type { Clock } from '@fairlead/apimachinery'
import {
  type AuditBackend,
  type AuditLogFormat,
  type AuditOptions,
  batchingBackend,
  createLogBackend,
  createWebhookBackend,
  createWebhookClient,
  forgivingBackend,
  type LineFile,
  openRotatingFile,
  parseAuditPolicy,
  readWebhookTarget,
  type ReportLoss,
  truncatingBackend,
  unionBackend,
} from '@fairlead/apiserver'
import type { Logger } from '../logging/logger.ts'
import {
  type AuditBackendSettings,
  type AuditLogSettings,
  auditProblems,
  type AuditSettings,
  type AuditWebhookSettings,
} from './audit-settings.ts'

const day = 24 * 60 * 60 * 1000
const megabyte = 1024 * 1024
const webhookTimeout = 30_000

interface Tools {
  readonly clock: Clock
  readonly logger: Logger
}

type OpenBackend = (report: ReportLoss) => AuditBackend

/**
 * Opens what auditing needs: the policy, the log file, the webhook. Undefined when nothing is to be audited: without a
 * policy, or without anywhere to send events to. Throws what is wrong with the settings or the policy.
 */
export async function openAuditing(settings: AuditSettings, tools: Tools): Promise<AuditOptions | undefined> {
  const problems = auditProblems(settings)
  if (problems.length > 0) throw new Error(problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`)
  const { policyFile, log, webhook } = settings
  if (policyFile === undefined) {
    if (log.path !== undefined) tools.logger.warn({}, missingPolicy('log'))
    if (webhook.configFile !== undefined) tools.logger.warn({}, missingPolicy('webhook'))
    return undefined
  }
  const policy = await readPolicy(policyFile, tools.logger)
  const backends = [
    ...(log.path === undefined ? [] : [await openLog(log.path, log, tools)]),
    ...(webhook.configFile === undefined ? [] : [await openWebhook(webhook.configFile, webhook, tools)]),
  ]
  if (backends.length === 0) return undefined
  return { policy, backend: (report) => unionBackend(backends.map((open) => open(report))) }
}

function missingPolicy(plugin: string): string {
  return `No audit policy file provided, no events will be recorded for ${plugin} backend`
}

async function readPolicy(path: string, logger: Logger): Promise<AuditOptions['policy']> {
  const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`loading audit policy file: failed to read file path "${path}": ${reason(cause)}`, { cause })
  })
  try {
    return parseAuditPolicy(text, (warning) => logger.warn({}, warning))
  } catch (cause) {
    throw new Error(`loading audit policy file: ${reason(cause)}: from file ${path}`, { cause })
  }
}

async function openLog(path: string, settings: AuditLogSettings, tools: Tools): Promise<OpenBackend> {
  const file = path === '-' ? standardOutput : await openLogFile(path, settings, tools)
  const takesAll = true
  return (report) => {
    const log = createLogBackend(file, { format: settings.format as AuditLogFormat, report })
    return truncated(byMode(log, settings, { ...tools, report, takesAll }), settings, report)
  }
}

async function openLogFile(path: string, settings: AuditLogSettings, { clock, logger }: Tools): Promise<LineFile> {
  try {
    return await openRotatingFile({
      path,
      maxSize: settings.maxSizeMegabytes * megabyte,
      maxBackups: settings.maxBackups,
      maxAge: settings.maxAgeDays * day,
      compress: settings.compress,
      clock,
      onTidyError: (error) => logger.error({ err: error }, 'old audit logs could not be compressed or removed'),
    })
  } catch (cause) {
    throw new Error(`ensureLogFile: ${(cause as Error).message}`, { cause })
  }
}

const standardOutput: LineFile = {
  append: (lines) =>
    new Promise((resolve, reject) => {
      process.stdout.write(lines.join(''), (error) => (error ? reject(error) : resolve()))
    }),
  close: () => Promise.resolve(),
}

async function openWebhook(path: string, settings: AuditWebhookSettings, tools: Tools): Promise<OpenBackend> {
  const target = await readWebhookTarget(path).catch((cause: Error) => {
    throw new Error(`initializing audit webhook: ${cause.message}`, { cause })
  })
  return (report) => {
    const client = createWebhookClient(target, { timeout: webhookTimeout })
    const { initialBackoff } = settings
    const webhook = createWebhookBackend(client, { clock: tools.clock, random: Math.random, initialBackoff, report })
    return truncated(byMode(webhook, settings, { ...tools, report, takesAll: false }), settings, report)
  }
}

function byMode(
  backend: AuditBackend,
  { mode, batch }: AuditBackendSettings,
  { clock, report, takesAll }: Tools & { readonly report: ReportLoss; readonly takesAll: boolean },
): AuditBackend {
  if (mode === 'blocking-strict') return backend
  if (mode === 'blocking') return forgivingBackend(backend)
  return batchingBackend(backend, {
    bufferSize: batch.bufferSize,
    maxBatchSize: batch.maxSize,
    maxBatchWait: batch.maxWait,
    ...(batch.throttleEnable && { throttle: { qps: batch.throttleQps, burst: batch.throttleBurst } }),
    takesAll,
    // Lines go to one file, one write after the other.
    concurrent: !takesAll,
    clock,
    report,
  })
}

function truncated(backend: AuditBackend, { truncate }: AuditBackendSettings, report: ReportLoss): AuditBackend {
  if (!truncate.enabled) return backend
  const { maxEventSize, maxBatchSize } = truncate
  return truncatingBackend(backend, { maxEventSize, maxBatchSize, report })
}
