import {
  type CertificateRequest,
  decodeBase64,
  type JsonObject,
  type KubeObject,
  parseCertificateRequest,
} from '@fairlead/apimachinery'
import { type Condition, findCondition } from '@fairlead/controller-runtime'

export const signingRequests = {
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  resource: 'certificatesigningrequests',
  clusterScoped: true,
} as const

/** certificates.k8s.io/v1 CertificateSigningRequest. */
export interface CertificateSigningRequest extends KubeObject {
  spec: {
    /** PEM in base64. */
    request: string
    signerName: string
    expirationSeconds?: number
    usages?: string[]
    username?: string
    uid?: string
    groups?: string[]
    extra?: Record<string, string[]>
  }
  status?: SigningRequestStatus
}

export interface SigningRequestStatus extends JsonObject {
  conditions?: SigningRequestCondition[]
  /** PEM in base64. */
  certificate?: string
}

export interface SigningRequestCondition extends Condition {
  lastUpdateTime?: string
}

/** What is asked for. Throws an X509SyntaxError. */
export function parsedRequest({ spec }: CertificateSigningRequest): CertificateRequest {
  return parseCertificateRequest(decodeBase64(spec.request))
}

export function isIssued({ status }: CertificateSigningRequest): boolean {
  return (status?.certificate ?? '') !== ''
}

export function hasCondition({ status }: CertificateSigningRequest, type: string): boolean {
  return findCondition(status?.conditions, type) !== undefined
}

/** The request with one more condition. */
export function withCondition(
  request: CertificateSigningRequest,
  condition: SigningRequestCondition,
): CertificateSigningRequest {
  const { status } = request
  return { ...request, status: { ...status, conditions: [...(status?.conditions ?? []), condition] } }
}
