const decimal = /^(?:0|[1-9]\d*)$/

/**
 * Orders resource versions of one resource: negative when `a` is older. Undefined when either is no decimal number, as
 * then nothing can be said.
 */
export function compareResourceVersions(a: string, b: string): number | undefined {
  if (!decimal.test(a) || !decimal.test(b)) return undefined
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether `version` is known not to be newer than `than`. */
export function isNotNewer(version: string | undefined, than: string): boolean {
  if (version === undefined || than === '') return false
  const order = compareResourceVersions(version, than)
  return order !== undefined && order <= 0
}
