import type { AuditLevel, AuditStage } from './levels.ts'

/** An audit policy (audit.k8s.io/v1): which requests are recorded, and how much of them. The first rule that matches counts. */
export interface AuditPolicy {
  readonly rules: readonly AuditPolicyRule[]
  readonly omitStages: readonly AuditStage[]
  readonly omitManagedFields: boolean
}

/** A rule. An empty list matches everything; all lists must match. */
export interface AuditPolicyRule {
  readonly level: AuditLevel
  readonly users: readonly string[]
  readonly userGroups: readonly string[]
  readonly verbs: readonly string[]
  readonly resources: readonly AuditedResources[]
  /** The empty string stands for the cluster scope. */
  readonly namespaces: readonly string[]
  /** `*`, exact paths, or prefixes with a final `*`. */
  readonly nonResourceURLs: readonly string[]
  readonly omitStages: readonly AuditStage[]
  readonly omitManagedFields?: boolean
}

// A block comment would end at the pattern that stands for a subresource of every resource.
// Resources of one group: `pods`, `pods/log`, `pods/*`, `*/scale`, `*`; none at all means all of them.
export interface AuditedResources {
  /** `*` is every group. */
  readonly group: string
  readonly resources: readonly string[]
  readonly resourceNames: readonly string[]
}
