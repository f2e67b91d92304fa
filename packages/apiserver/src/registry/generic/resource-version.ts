import { plainError, quote } from '@fairlead/apimachinery'

/** A revision that a client names: a bigint when it lies beyond every revision that there will be. */
export type RequestedRevision = number | bigint

const largest = 2n ** 64n - 1n

/** What is wrong with a resourceVersion, in the words of Go's integer parser; undefined when it is an unsigned number. */
export function resourceVersionSyntaxError(text: string): string | undefined {
  if (!/^[0-9]+$/.test(text)) return `strconv.ParseUint: parsing ${quote(text)}: invalid syntax`
  return BigInt(text) > largest ? `strconv.ParseUint: parsing ${quote(text)}: value out of range` : undefined
}

/** The revision that a resourceVersion stands for; the empty one is 0. It must have no syntax error. */
export function revisionOf(text: string): RequestedRevision {
  const revision = Number(text)
  return Number.isSafeInteger(revision) ? revision : BigInt(text)
}

/**
 * The revision that a get or a watch asks for. A malformed one is a 500 without a reason; only lists
 * answer it with a 400.
 */
export function requestedRevision(resourceVersion: string): RequestedRevision {
  const problem = resourceVersion === '' ? undefined : resourceVersionSyntaxError(resourceVersion)
  if (problem !== undefined) throw plainError(invalidResourceVersion(resourceVersion, problem))
  return revisionOf(resourceVersion)
}

/** The text of a field error about a resourceVersion parameter. */
export function invalidResourceVersion(resourceVersion: string, problem: string): string {
  return `resourceVersion: Invalid value: ${quote(resourceVersion)}: ${problem}`
}

/**
 * The revision that an object body carries as metadata.resourceVersion; 0 when it has none. A malformed one is a 500
 * without a reason.
 */
export function bodyRevision(resourceVersion: string | undefined): RequestedRevision {
  if (resourceVersion === undefined || resourceVersion === '') return 0
  const problem = resourceVersionSyntaxError(resourceVersion)
  if (problem !== undefined) throw plainError(problem)
  return revisionOf(resourceVersion)
}
