import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { Authorizer } from '../../authorization/authorizer.ts'
import type { AdmissionAttributes } from '../admission.ts'

/** Whether an operation is about CertificateSigningRequests, through the endpoint of a subresource or the main one. */
export function isCertificateRequest({ resource, subresource }: AdmissionAttributes, endpoint: string): boolean {
  const { group, resource: name } = resource
  return group === 'certificates.k8s.io' && name === 'certificatesigningrequests' && subresource === endpoint
}

export function signerNameOf(request: KubeObject | undefined): string {
  const { signerName } = (request?.['spec'] ?? {}) as JsonObject
  return typeof signerName === 'string' ? signerName : ''
}

/**
 * Whether a user may `approve` or `sign` for a signer: by its name, or by `DOMAIN/*` for all signers of its domain. A
 * failing authorizer counts as a no.
 */
export async function mayActForSigner(
  authorizer: Authorizer,
  { user, verb, signerName }: { readonly user: UserInfo; readonly verb: string; readonly signerName: string },
): Promise<boolean> {
  const [domain = ''] = signerName.split('/')
  for (const name of [signerName, `${domain}/*`]) {
    const attributes = { ...signers, user, verb, name }
    try {
      if ((await authorizer(attributes)).decision === 'allow') return true
    } catch {
      // The other name may still be allowed.
    }
  }
  return false
}

const signers = {
  isResourceRequest: true,
  path: '',
  group: 'certificates.k8s.io',
  version: '*',
  resource: 'signers',
  subresource: '',
  namespace: '',
} as const
