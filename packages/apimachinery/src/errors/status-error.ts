import { type FailureDetails, failureStatus, internalFailure, type Status, statusDetails } from './status.ts'

const brand = Symbol.for('fairlead.StatusError')

/**
 * A failure that is the response: throw it, and the client gets exactly `status`. Recognized by a brand and not by its
 * class, so that two copies of this package in one process understand each other.
 */
export class StatusError extends Error {
  readonly status: Status & { code: number }

  constructor(status: Status & { code: number }, options?: { readonly cause?: unknown }) {
    super(status.message ?? '', options)
    this.status = status
  }

  static {
    this.prototype.name = 'StatusError'
    Object.defineProperty(this.prototype, brand, { value: true })
  }

  /** The HTTP status code. */
  get code(): number {
    return this.status.code
  }

  /** The reason for programs; empty when there is none. */
  get reason(): string {
    return this.status.reason ?? ''
  }

  /** Whether `value` is a StatusError of any copy of this package. */
  static is(value: unknown): value is StatusError {
    return typeof value === 'object' && value !== null && brand in value
  }

  /**
   * `value` itself when it is a StatusError; otherwise an InternalError (500) whose message carries the text of `value`
   * and nothing more of it. The original stays reachable as `cause`.
   */
  static from(value: unknown): StatusError {
    if (StatusError.is(value)) return value
    const text = value instanceof Error ? value.message : String(value)
    return new StatusError(failureStatus(internalFailure(text)), { cause: value })
  }
}

const maxCauses = 32

/** Whether the first StatusError on the cause chain of `error`, itself included, has this reason. */
export function isReason(error: unknown, reason: string): boolean {
  let current = error
  for (let depth = 0; depth < maxCauses && current !== undefined; depth++) {
    if (StatusError.is(current)) return current.reason === reason
    current = current instanceof Error ? current.cause : undefined
  }
  return false
}

/** For `catch`: an error of one of these reasons is as good as nothing; others are thrown again. */
export function ignoring(...reasons: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (!reasons.some((reason) => isReason(error, reason))) throw error
  }
}

/** The same failure with members of its details replaced: to name causes, or a time to retry after. */
export function withDetails(error: StatusError, changes: FailureDetails): StatusError {
  const { code, ...rest } = error.status
  const details = statusDetails({ ...error.status.details, ...changes })
  return new StatusError({ ...rest, details, code }, { cause: error.cause })
}
