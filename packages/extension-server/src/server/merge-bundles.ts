import { X509Certificate } from 'node:crypto'

/** More authorities than a server has replicas and rollouts at a time. */
const limit = 10

/**
 * The authorities of a bundle that are still good, and one more behind them: other replicas of a server, and those that a
 * rollout has yet to replace, have authorities of their own. The oldest go when there are too many.
 */
export function mergeBundles(present: string, own: string, now: number): string {
  const kept = new Map<string, string>()
  for (const pem of certificatesIn(`${present}\n${own}`)) {
    const certificate = read(pem)
    if (certificate === undefined || Date.parse(certificate.validTo) <= now) continue
    // What stands there again has come last.
    kept.delete(certificate.fingerprint256)
    kept.set(certificate.fingerprint256, pem)
  }
  return [...kept.values()]
    .slice(-limit)
    .map((pem) => `${pem}\n`)
    .join('')
}

function certificatesIn(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
}

function read(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    // A placeholder that somebody left.
    return undefined
  }
}
