import { deepEqual, type JsonObject, type KubeObject, quote } from '@fairlead/apimachinery'
import type { Authorizer } from '../../authorization/authorizer.ts'
import type { AdmissionPlugin } from '../chain.ts'
import { refuseAdmission } from '../refuse.ts'
import { isCertificateRequest, mayActForSigner, signerNameOf } from './signer-permission.ts'

/** CertificateSigning: who writes the certificate or the conditions of a request must be allowed to `sign` for its signer. */
export function createCertificateSigning(authorizer: Authorizer): AdmissionPlugin {
  return {
    async validate(attributes) {
      if (attributes.operation !== 'UPDATE' || !isCertificateRequest(attributes, 'status')) return
      const { user, object, oldObject } = attributes
      if (deepEqual(signedPart(object), signedPart(oldObject))) return
      const signerName = signerNameOf(oldObject)
      if (await mayActForSigner(authorizer, { user, verb: 'sign', signerName })) return
      throw refuseAdmission(attributes, `user not permitted to sign requests with signerName ${quote(signerName)}`)
    },
  }
}

function signedPart(request: KubeObject | undefined): JsonObject {
  const { certificate = '', conditions = [] } = (request?.['status'] ?? {}) as JsonObject
  return { certificate, conditions }
}
