import { decodeBase64, parseCertificates, parseTimestamp, pemBlocks, X509SyntaxError } from '@fairlead/apimachinery'
import { type CertificateSigningRequest, hasCondition, isIssued } from './certificate-signing-request.ts'

const hour = 60 * 60 * 1000
/** After a decision and its consequence. */
const decidedExpiration = hour
/** Without a decision, or without the certificate that was approved. */
const pendingExpiration = 24 * hour

/** Whether a request has served its purpose, or waited for too long. */
export function isOutdated(request: CertificateSigningRequest, now: number): boolean {
  const { conditions = [] } = request.status ?? {}
  if (conditions.length === 0) return isOlder(request.metadata.creationTimestamp, pendingExpiration, now)
  const changedBefore = (type: string, age: number): boolean =>
    conditions.some((condition) => condition.type === type && isOlder(condition.lastUpdateTime, age, now))
  return (
    changedBefore('Denied', decidedExpiration) ||
    changedBefore('Failed', decidedExpiration) ||
    changedBefore('Approved', isIssued(request) ? decidedExpiration : pendingExpiration) ||
    (hasCondition(request, 'Approved') && isExpired(request, now))
  )
}

function isOlder(time: string | undefined, age: number, now: number): boolean {
  const since = time === undefined ? undefined : parseTimestamp(time)
  return since !== undefined && now - since > age
}

/** Whether the certificate has ended; false for none and for one that cannot be read. */
function isExpired({ status }: CertificateSigningRequest, now: number): boolean {
  try {
    const [block] = pemBlocks(decodeBase64(status?.certificate ?? ''))
    const [certificate] = block === undefined ? [] : parseCertificates(block.bytes)
    return certificate !== undefined && now > certificate.notAfter
  } catch (error) {
    if (!(error instanceof X509SyntaxError)) throw error
    return false
  }
}
