import { formatTimestamp } from '@fairlead/apimachinery'
import type { ApiService } from '../api-service/api-service.ts'
import type { PresentedCertificate } from '../backend/backend.ts'
import { parseCertificateBundle } from '../backend/certificate-bundle.ts'
import { backendTarget, leadsToService, urlAnnotation } from '../routes/backend-target.ts'
import type { Finding } from './conditions.ts'
import type { ProbeFailure } from './probe.ts'

/**
 * Conditions that say, beside upstream's, what is wrong and what to do. They are there only while something is wrong that
 * the upstream message does not explain.
 */
export const explainingTypes = [
  'Connected',
  'TLSVerified',
  'FrontProxyTrusted',
  'DiscoveryFresh',
  'OpenAPIAggregated',
] as const

/** The conditions that explain a failed probe. */
export function explainFailure(apiService: ApiService, failure: ProbeFailure): readonly Finding[] {
  const { host, status, error, presented } = failure
  if (status === 401 || status === 403) return [untrusted(status, host ?? '')]
  if (error === undefined || host === undefined) return []
  if (presented !== undefined) return [unverified(apiService, { host, presented, message: error.message })]
  return error.stage === 'dial' ? [unconnected(apiService, host, error.message)] : []
}

/** The condition of an APIService whose caBundle or annotation cannot be used. */
export function explainProblem(problem: string): Finding {
  return {
    type: 'TLSVerified',
    status: 'False',
    reason: 'UnusableConfiguration',
    message: `no connection can be made: ${problem}`,
  }
}

/** The condition of an APIService of which discovery lists what its server said some time ago. */
export function explainStaleness(message: string): Finding {
  return { type: 'DiscoveryFresh', status: 'False', reason: 'LastKnownResources', message }
}

/** The condition of an APIService whose OpenAPI document is left out. */
export function explainDocument(problem: string): Finding {
  return {
    type: 'OpenAPIAggregated',
    status: 'False',
    reason: 'UnusableDocument',
    message: `the document that the server answers at /openapi/v2 is left out: ${problem}`,
  }
}

function unconnected(apiService: ApiService, host: string, cause: string): Finding {
  const { service } = apiService
  const usesService = service !== undefined && leadsToService(apiService)
  const way = usesService ? `service/${service.name} in "${service.namespace}"` : `the annotation ${urlAnnotation}`
  const advice = usesService
    ? 'check that the server runs and that this host has a route to it (--enable-aggregator-routing sends requests to endpoints instead of the cluster IP)'
    : 'check that the server runs and listens there'
  return {
    type: 'Connected',
    status: 'False',
    reason: 'NoConnection',
    message: `no connection to ${host}, where ${way} leads: ${cause}; ${advice}`,
  }
}

function unverified(
  apiService: ApiService,
  {
    host,
    presented,
    message,
  }: { readonly host: string; readonly presented: PresentedCertificate; readonly message: string },
): Finding {
  const { caBundle } = apiService
  const roots =
    caBundle === undefined
      ? 'no caBundle is given, so the system roots count'
      : `caBundle holds ${bundleText(caBundle)}`
  const problem = message.replace(/^.*x509: /, '')
  return {
    type: 'TLSVerified',
    status: 'False',
    reason: 'CertificateRejected',
    message: `${host} presents ${certificateText(presented)}: ${problem}; ${roots}; the certificate must be good for ${nameToServe(apiService)}`,
  }
}

function untrusted(status: number, host: string): Finding {
  return {
    type: 'FrontProxyTrusted',
    status: 'False',
    reason: status === 401 ? 'Unauthorized' : 'Forbidden',
    message: `${host} answers ${status} to system:kube-aggregator in group system:masters: it does not accept this server's front-proxy certificate; compare --proxy-client-cert-file with requestheader-client-ca-file and requestheader-allowed-names in ConfigMap kube-system/extension-apiserver-authentication`,
  }
}

/** The name that is checked: the Service's, or the host of a URL. */
function nameToServe(apiService: ApiService): string {
  const { service } = apiService
  const target = backendTarget(apiService)
  if (target.kind === 'url') return target.address.host
  return service === undefined ? '' : `${service.name}.${service.namespace}.svc`
}

function certificateText({ subject, issuer, names, notAfter }: PresentedCertificate): string {
  const good = names.length > 0 ? `for ${names.join(', ')}` : 'without alternative names'
  return `a certificate of ${subject} ${good}, issued by ${issuer}, valid until ${formatTimestamp(notAfter)}`
}

function bundleText(caBundle: string): string {
  return parseCertificateBundle(caBundle)
    .map(({ subject, validTo }) => `${subject.replaceAll('\n', ',')} (until ${formatTimestamp(Date.parse(validTo))})`)
    .join(', ')
}
