/** One thing that must be well. */
export interface HealthCheck {
  /** Part of a path: `ping`, `poststarthook/rbac/bootstrap-roles`. */
  readonly name: string
  /** Throws when it is not well. The error is logged, not shown. */
  check(): Promise<void> | void
}

/** Always well: shows that the server answers at all. */
export const pingCheck: HealthCheck = { name: 'ping', check: () => undefined }

/** A check that fails with `message` until `passed` answers true. */
export function conditionCheck(name: string, passed: () => boolean, message: string): HealthCheck {
  return {
    name,
    check() {
      if (!passed()) throw new Error(message)
    },
  }
}
