import {
  decodeBase64,
  type FieldError,
  fieldPath,
  invalidValue,
  type JsonObject,
  type KubeObject,
  parseCertificateRequest,
  X509SyntaxError,
} from '@fairlead/apimachinery'
import type { ResourceDescription } from '@fairlead/openapi'
import { signatureProblem } from './request-signature.ts'

/** The descriptions, with CertificateSigningRequests whose requests must be signed with the key that they are for. */
export function describeCertificateRequests(
  descriptions: readonly ResourceDescription[],
): readonly ResourceDescription[] {
  return descriptions.map((description) => {
    const { group, resource, strategy } = description
    if (group !== 'certificates.k8s.io' || resource !== 'certificatesigningrequests') return description
    return {
      ...description,
      strategy: {
        ...strategy,
        validateCreate: (object, context) => [...requestErrors(object), ...strategy.validateCreate(object, context)],
      },
    }
  })
}

function requestErrors(object: KubeObject): readonly FieldError[] {
  const { request = '' } = (object['spec'] ?? {}) as JsonObject
  try {
    const problem = signatureProblem(parseCertificateRequest(decodeBase64(String(request))))
    return problem === undefined ? [] : [invalidValue(fieldPath('spec', 'request'), request, problem)]
  } catch (error) {
    if (!(error instanceof X509SyntaxError)) throw error
    return [invalidValue(fieldPath('spec', 'request'), request, error.message)]
  }
}
