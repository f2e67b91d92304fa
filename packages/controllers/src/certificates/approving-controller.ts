import { type CertificateRequest, commonNameOf, type KubeObject } from '@fairlead/apimachinery'
import type { Client } from '@fairlead/client'
import type { ReconcileResult, Runnable } from '@fairlead/controller-runtime'
import {
  type CertificateSigningRequest,
  hasCondition,
  parsedRequest,
  signingRequests,
  withCondition,
} from './certificate-signing-request.ts'
import { kubeletClientProblem } from './kubelet-certificates.ts'
import { signingRequestController } from './signing-request-controller.ts'
import { signerNames } from './signer-rules.ts'

/** A kind of request that is approved when its maker may create this subresource of certificatesigningrequests. */
interface Recognizer {
  readonly subresource: string
  readonly message: string
  recognizes(request: CertificateSigningRequest, parsed: CertificateRequest): boolean
}

const recognizers: readonly Recognizer[] = [
  {
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
    recognizes: (request, parsed) =>
      request.spec.username === commonNameOf(parsed.subject) && isForNodeClient(request, parsed),
  },
  {
    subresource: 'nodeclient',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
    recognizes: isForNodeClient,
  },
]

/** Approves requests for client certificates of kubelets when whoever made them may have such a certificate. */
export function approvingController(): Runnable {
  return signingRequestController('certificatesigningrequest-approving-controller', approve)
}

async function approve(request: CertificateSigningRequest, client: Client): Promise<ReconcileResult | undefined> {
  if (hasCondition(request, 'Approved') || hasCondition(request, 'Denied')) return undefined
  const parsed = parsedRequest(request)
  const recognized = recognizers.filter(({ recognizes }) => recognizes(request, parsed))
  for (const { subresource, message } of recognized) {
    if (!(await mayCreate(client, request, subresource))) continue
    const approval = { type: 'Approved', status: 'True', reason: 'AutoApproved', message }
    await client
      .resource<CertificateSigningRequest>(signingRequests.apiVersion, signingRequests.resource)
      .subresource('approval')
      .update(withCondition(request, approval))
    return undefined
  }
  // The permission may come later.
  return recognized.length === 0 ? undefined : { requeue: true }
}

function isForNodeClient({ spec }: CertificateSigningRequest, parsed: CertificateRequest): boolean {
  if (spec.signerName !== signerNames.kubeletClient) return false
  return kubeletClientProblem(parsed, spec.usages ?? []) === undefined
}

/** Asked of whoever made the request. */
async function mayCreate(client: Client, { spec }: CertificateSigningRequest, subresource: string): Promise<boolean> {
  const { username, uid, groups, extra } = spec
  const review = await client.resource<KubeObject>('authorization.k8s.io/v1', 'subjectaccessreviews').create({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: {
      ...(username === undefined ? {} : { user: username }),
      ...(uid === undefined ? {} : { uid }),
      ...(groups === undefined ? {} : { groups }),
      ...(extra === undefined ? {} : { extra }),
      resourceAttributes: {
        group: 'certificates.k8s.io',
        resource: 'certificatesigningrequests',
        verb: 'create',
        subresource,
        version: '*',
      },
    },
  })
  return (review['status'] as { readonly allowed?: boolean } | undefined)?.allowed === true
}
