import { type CertificateRequest, commonNameOf, organizationsOf } from '@fairlead/apimachinery'

const clientUsages = ['client auth', 'digital signature', 'key encipherment']
const servingUsages = ['digital signature', 'key encipherment', 'server auth']

/** Why a request is not one for the client certificate of a kubelet; undefined when it is. */
export function kubeletClientProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return 'subject organization is not system:nodes'
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed'
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed'
  if (request.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed'
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed'
  if (!isNamedAfterNode(request)) return 'subject common name does not begin with system:node:'
  return usagesProblem(usages, clientUsages)
}

/** Why a request is not one for the serving certificate of a kubelet; undefined when it is. */
export function kubeletServingProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return 'subject organization is not system:nodes'
  if (request.dnsNames.length === 0 && request.ipAddresses.length === 0) return 'DNS or IP subjectAltName is required'
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed'
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed'
  const problem = usagesProblem(usages, servingUsages)
  if (problem !== undefined) return problem
  return isNamedAfterNode(request) ? undefined : 'subject common name does not begin with system:node:'
}

function isOfNodes({ subject }: CertificateRequest): boolean {
  const organizations = organizationsOf(subject)
  return organizations.length === 1 && organizations[0] === 'system:nodes'
}

function isNamedAfterNode({ subject }: CertificateRequest): boolean {
  return commonNameOf(subject).startsWith('system:node:')
}

/** Keys other than RSA ones encipher no keys. */
function usagesProblem(usages: readonly string[], wanted: readonly string[]): string | undefined {
  const withoutRsa = wanted.filter((usage) => usage !== 'key encipherment')
  if (areSame(usages, wanted) || areSame(usages, withoutRsa)) return undefined
  return `usages did not match [${wanted.join(' ')}]`
}

function areSame(usages: readonly string[], wanted: readonly string[]): boolean {
  const given = new Set(usages)
  return given.size === wanted.length && wanted.every((usage) => given.has(usage))
}
