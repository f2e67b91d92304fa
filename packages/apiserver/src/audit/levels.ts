/** How much of a request is recorded, least first. */
export const auditLevels = ['None', 'Metadata', 'Request', 'RequestResponse'] as const

export type AuditLevel = (typeof auditLevels)[number]

/** The moments of a request at which an event is made. */
export const auditStages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const

export type AuditStage = (typeof auditStages)[number]

/** Whether `level` records at least as much as `least`. */
export function recordsAtLeast(level: AuditLevel, least: AuditLevel): boolean {
  return auditLevels.indexOf(level) >= auditLevels.indexOf(least)
}
