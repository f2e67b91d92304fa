import { formatTimestamp } from '@fairlead/apimachinery'
import { parseCertificateBundle } from '../backend/certificate-bundle.ts'
import type { ApiService } from './api-service.ts'

const month = 30 * 24 * 60 * 60 * 1000

/** What the writer of an APIService should know of how its server is checked: not at all, not with this, or not for long. */
export function certificateWarnings(
  { caBundle, insecureSkipTlsVerify }: Pick<ApiService, 'caBundle' | 'insecureSkipTlsVerify'>,
  now: number,
): readonly string[] {
  if (insecureSkipTlsVerify) {
    return ['spec.insecureSkipTLSVerify: whoever is on the way can pose as the server; give a caBundle']
  }
  if (caBundle === undefined) return []
  let ends: readonly number[]
  try {
    ends = parseCertificateBundle(caBundle).map(({ validTo }) => Date.parse(validTo))
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return [`spec.caBundle: requests will fail: ${problem}`]
  }
  const last = Math.max(...ends)
  if (last <= now)
    return [`spec.caBundle: every certificate in it has expired, the last one on ${formatTimestamp(last)}`]
  return last <= now + month ? [`spec.caBundle: its last certificate expires on ${formatTimestamp(last)}`] : []
}
