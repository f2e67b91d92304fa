import { formatTimestamp } from '@fairlead/apimachinery'
import { parseCertificateBundle } from '../backend/certificate-bundle.ts'
import type { ApiService } from './api-service.ts'

const month = 30 * 24 * 60 * 60 * 1000

/** What the writer of an APIService should know of its caBundle: that it cannot be used, or not for long. */
export function certificateWarnings({ caBundle }: Pick<ApiService, 'caBundle'>, now: number): readonly string[] {
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
