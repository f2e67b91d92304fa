import { type MetricSet, NumberFamily } from '@fairlead/apiserver'
import type { PresentedCertificate } from './backend.ts'

/** Counts the certificates of servers that newer clients refuse, one for each connection (TLS-5). */
export function createCertificateMetrics(metrics: MetricSet): (certificate: PresentedCertificate) => void {
  const counter = (name: string, help: string) => {
    const family = new NumberFamily('counter', {
      name: `apiserver_kube_aggregator_${name}`,
      help: `[ALPHA] ${help}`,
      labels: [],
    })
    metrics.add(family)
    return family.series()
  }
  const missingNames = counter(
    'x509_missing_san_total',
    'Counts the connections to servers whose serving certificate has no subject alternative names.',
  )
  const insecureSignatures = counter(
    'x509_insecure_sha1_total',
    'Counts the connections to servers whose serving certificate is signed with SHA-1.',
  )
  return ({ names, signedWithSha1 }) => {
    if (names.length === 0) missingNames.value += 1
    if (signedWithSha1) insecureSignatures.value += 1
  }
}
