import {
  type CertificateRequest,
  decodeBase64,
  type JsonObject,
  organizationsOf,
  parseCertificateRequest,
  X509SyntaxError,
} from '@fairlead/apimachinery'
import { mastersGroup } from '../../authentication/well-known-users.ts'
import type { AdmissionAttributes } from '../admission.ts'
import type { AdmissionPlugin } from '../chain.ts'
import { refuseAdmission } from '../refuse.ts'
import { isCertificateRequest, signerNameOf } from './signer-permission.ts'

const restrictedSigner = 'kubernetes.io/kube-apiserver-client'

/** CertificateSubjectRestriction: nobody can ask for a client certificate of the group that may do everything. */
export function createCertificateSubjectRestriction(): AdmissionPlugin {
  return {
    async validate(attributes) {
      if (attributes.operation !== 'CREATE' || !isCertificateRequest(attributes, '')) return
      if (signerNameOf(attributes.object) !== restrictedSigner) return
      if (!organizationsOf(parsedRequest(attributes).subject).includes(mastersGroup)) return
      throw refuseAdmission(attributes, `use of ${restrictedSigner} signer with ${mastersGroup} group is not allowed`)
    },
  }
}

function parsedRequest(attributes: AdmissionAttributes): CertificateRequest {
  const { request } = (attributes.object?.['spec'] ?? {}) as JsonObject
  try {
    return parseCertificateRequest(decodeBase64(String(request)))
  } catch (error) {
    if (!(error instanceof X509SyntaxError)) throw error
    throw refuseAdmission(attributes, `failed to parse CSR: ${error.message}`)
  }
}
