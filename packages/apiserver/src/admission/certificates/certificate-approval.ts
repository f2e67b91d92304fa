import { quote } from '@fairlead/apimachinery'
import type { Authorizer } from '../../authorization/authorizer.ts'
import type { AdmissionPlugin } from '../chain.ts'
import { refuseAdmission } from '../refuse.ts'
import { isCertificateRequest, mayActForSigner, signerNameOf } from './signer-permission.ts'

/** CertificateApproval: who approves or denies a request must be allowed to `approve` for its signer. */
export function createCertificateApproval(authorizer: Authorizer): AdmissionPlugin {
  return {
    async validate(attributes) {
      if (attributes.operation !== 'UPDATE' || !isCertificateRequest(attributes, 'approval')) return
      const { user, oldObject } = attributes
      const signerName = signerNameOf(oldObject)
      if (await mayActForSigner(authorizer, { user, verb: 'approve', signerName })) return
      throw refuseAdmission(attributes, `user not permitted to approve requests with signerName ${quote(signerName)}`)
    },
  }
}
