const pattern = /^v([0-9]+)(?:(alpha|beta)([0-9]+))?$/
const maxNumber = 2n ** 63n - 1n

interface KubeVersion {
  readonly stability: number
  readonly major: bigint
  readonly minor: bigint
}

/**
 * Orders API versions by preference: negative when `a` comes first. Stable versions before beta before alpha, higher
 * numbers first, and behind them, alphabetically, everything that is no Kubernetes version: `v2`, `v1`, `v2beta1`,
 * `v1alpha1`, `final`.
 */
export function compareKubeVersions(a: string, b: string): number {
  if (a === b) return 0
  const left = parse(a)
  const right = parse(b)
  if (left === undefined && right === undefined) return a < b ? -1 : 1
  if (left === undefined) return 1
  if (right === undefined) return -1
  if (left.stability !== right.stability) return right.stability - left.stability
  if (left.major !== right.major) return left.major > right.major ? -1 : 1
  if (left.minor !== right.minor) return left.minor > right.minor ? -1 : 1
  return 0
}

function parse(text: string): KubeVersion | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [, major = '', stability, minor = '0'] = match
  const version = {
    stability: stability === undefined ? 2 : stability === 'beta' ? 1 : 0,
    major: BigInt(major),
    minor: BigInt(minor),
  }
  return version.major > maxNumber || version.minor > maxNumber ? undefined : version
}
