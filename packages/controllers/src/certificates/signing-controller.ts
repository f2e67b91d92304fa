import { encodeBase64, formatTimestamp } from '@fairlead/apimachinery'
import type { Client } from '@fairlead/client'
import { isConditionTrue, type Runnable } from '@fairlead/controller-runtime'
import {
  type CertificateSigningRequest,
  hasCondition,
  parsedRequest,
  signingRequests,
  withCondition,
} from './certificate-signing-request.ts'
import { certificateValidity } from './certificate-validity.ts'
import type { ClusterSigning } from './cluster-signing.ts'
import { signerRule } from './signer-rules.ts'
import { signingRequestController } from './signing-request-controller.ts'

/**
 * Signs approved requests for the signers of Kubernetes with the authority of the cluster. A request that breaks the rules
 * of its signer is marked as failed.
 */
export function signingController(signing: ClusterSigning): Runnable {
  return signingRequestController('certificatesigningrequest-signing-controller', async (request, client) => {
    const rule = signerRule(request.spec.signerName)
    if (rule === undefined || !isReady(request)) return undefined
    const parsed = parsedRequest(request)
    const usages = request.spec.usages ?? []
    const now = client.times.clock.now()
    const problem = rule(parsed, usages)
    if (problem !== undefined) {
      await writeStatus(client, failed(request, problem, now))
      return undefined
    }
    const authority = signing.authority()
    const validity = certificateValidity({
      now,
      expirationSeconds: request.spec.expirationSeconds,
      longestDuration: signing.longestDuration,
      authorityEnd: authority.notAfter,
    })
    const certificate = encodeBase64(await authority.sign(parsed, { usages, ...validity }))
    await writeStatus(client, { ...request, status: { ...request.status, certificate } })
    return undefined
  })
}

function isReady(request: CertificateSigningRequest): boolean {
  const { conditions } = request.status ?? {}
  return hasCondition(request, 'Approved') && !hasCondition(request, 'Denied') && !isConditionTrue(conditions, 'Failed')
}

function failed(request: CertificateSigningRequest, message: string, now: number): CertificateSigningRequest {
  const lastUpdateTime = formatTimestamp(now)
  const reason = 'SignerValidationFailure'
  return withCondition(request, { type: 'Failed', status: 'True', reason, message, lastUpdateTime })
}

async function writeStatus(client: Client, request: CertificateSigningRequest): Promise<void> {
  await client
    .resource<CertificateSigningRequest>(signingRequests.apiVersion, signingRequests.resource)
    .subresource('status')
    .update(request)
}
