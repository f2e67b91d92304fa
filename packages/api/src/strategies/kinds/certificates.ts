import { type FieldError, fieldPath, invalidValue, type KubeObject, nameIsDnsSubdomain } from '@fairlead/apimachinery'
import { stringAt } from '../../values/read.ts'
import { type KindRules, resetMetadata } from '../strategy-rules.ts'

/** A bundle's name starts with its signer's name; without a signer it is a plain subdomain. */
export const clusterTrustBundleRules: KindRules = {
  validateName: () => [],
  validateCreate: bundleNameErrors,
}

/** The status endpoint of pod certificate requests leaves metadata alone. */
export const podCertificateRequestRules: KindRules = { statusKeepsMetadata: resetMetadata }

function bundleNameErrors(bundle: KubeObject): readonly FieldError[] {
  const { name = '' } = bundle.metadata
  return bundleNameProblems(name, stringAt(bundle, 'spec', 'signerName')).map((problem) =>
    invalidValue(fieldPath('metadata', 'name'), name, problem),
  )
}

function bundleNameProblems(name: string, signer: string): readonly string[] {
  if (signer === '') {
    if (name.includes(':')) return ['ClusterTrustBundle without signer name must not have ":" in its name']
    return nameIsDnsSubdomain(name)
  }
  const prefix = `${signer.replaceAll('/', ':')}:`
  if (name.startsWith(prefix)) return nameIsDnsSubdomain(name.slice(prefix.length))
  return [`ClusterTrustBundle for signerName ${signer} must be named with prefix ${prefix}`]
}
