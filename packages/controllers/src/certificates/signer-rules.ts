import type { CertificateRequest } from '@fairlead/apimachinery'
import { kubeletClientProblem, kubeletServingProblem } from './kubelet-certificates.ts'

/** The signers that the cluster's authority stands behind. */
export const signerNames = {
  apiServerClient: 'kubernetes.io/kube-apiserver-client',
  kubeletClient: 'kubernetes.io/kube-apiserver-client-kubelet',
  kubeletServing: 'kubernetes.io/kubelet-serving',
  legacyUnknown: 'kubernetes.io/legacy-unknown',
} as const

type Rule = (request: CertificateRequest, usages: readonly string[]) => string | undefined

const rules: Readonly<Record<string, Rule>> = {
  [signerNames.apiServerClient]: (_request, usages) => clientUsagesProblem(usages),
  [signerNames.kubeletClient]: kubeletClientProblem,
  [signerNames.kubeletServing]: kubeletServingProblem,
  [signerNames.legacyUnknown]: () => undefined,
}

/** What a signer wants of its requests; undefined for signers of others. A rule tells why it does not sign. */
export function signerRule(signerName: string): Rule | undefined {
  return Object.hasOwn(rules, signerName) ? rules[signerName] : undefined
}

const optionalClientUsages: readonly string[] = ['digital signature', 'key encipherment']

function clientUsagesProblem(usages: readonly string[]): string | undefined {
  const wrong = usages.find((usage) => usage !== 'client auth' && !optionalClientUsages.includes(usage))
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
}
