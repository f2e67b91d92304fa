import { isConfigMapKey, isDns1035Label, isDns1123Subdomain, nameIsDnsLabel } from '@fairlead/apimachinery'
import { apiServiceRules } from './kinds/api-service.ts'
import { certificateSigningRequestRules } from './kinds/certificate-signing-request.ts'
import { clusterTrustBundleRules, podCertificateRequestRules } from './kinds/certificates.ts'
import { deviceTaintRuleRules, resourceSliceRules } from './kinds/device-taints.ts'
import { coreEventRules, eventRules } from './kinds/event.ts'
import { ipAddressProblems } from './kinds/ip-address-name.ts'
import { namespaceRules } from './kinds/namespace.ts'
import { podRules } from './kinds/pod.ts'
import { clusterRoleBindingRules, clusterRoleRules, roleBindingRules, roleRules } from './kinds/rbac.ts'
import { customResourceDefinitionRules } from './kinds/registrations.ts'
import { secretRules } from './kinds/secret.ts'
import { serviceRules } from './kinds/service.ts'
import { leaseRules, limitRangeRules, serviceAccountRules } from './kinds/small-kinds.ts'
import { persistentVolumeClaimRules, persistentVolumeRules } from './kinds/volumes.ts'
import { daemonSetRules, deploymentRules, jobRules } from './kinds/workloads.ts'
import { type KindRules, resetMetadata } from './strategy-rules.ts'

const statusWithoutMetadata: KindRules = { statusKeepsMetadata: resetMetadata }

/** By `group/resource`; kinds without an entry follow the fact tables alone. Names are subdomains unless told. */
const rules: Readonly<Record<string, KindRules>> = {
  '/events': coreEventRules,
  '/limitranges': limitRangeRules,
  '/namespaces': namespaceRules,
  '/nodes': { keepsStatusOnCreate: true },
  '/persistentvolumeclaims': persistentVolumeClaimRules,
  '/persistentvolumes': persistentVolumeRules,
  '/pods': podRules,
  '/secrets': secretRules,
  '/serviceaccounts': serviceAccountRules,
  '/services': serviceRules,
  'admissionregistration.k8s.io/validatingadmissionpolicies': statusWithoutMetadata,
  'apiextensions.k8s.io/customresourcedefinitions': customResourceDefinitionRules,
  'apiregistration.k8s.io/apiservices': apiServiceRules,
  'apps/daemonsets': daemonSetRules,
  'apps/deployments': deploymentRules,
  'apps/statefulsets': { validateName: nameIsDnsLabel },
  'batch/jobs': jobRules,
  'certificates.k8s.io/certificatesigningrequests': certificateSigningRequestRules,
  'certificates.k8s.io/clustertrustbundles': clusterTrustBundleRules,
  'certificates.k8s.io/podcertificaterequests': podCertificateRequestRules,
  'coordination.k8s.io/leasecandidates': { validateName: isConfigMapKey },
  'coordination.k8s.io/leases': leaseRules,
  'events.k8s.io/events': eventRules,
  'flowcontrol.apiserver.k8s.io/flowschemas': { statusKeepsMetadata: 'all' },
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': { statusKeepsMetadata: 'all' },
  'internal.apiserver.k8s.io/storageversions': { ...statusWithoutMetadata, validateName: storageVersionNameProblems },
  'networking.k8s.io/ipaddresses': { validateName: ipAddressProblems },
  'networking.k8s.io/servicecidrs': statusWithoutMetadata,
  'rbac.authorization.k8s.io/clusterrolebindings': clusterRoleBindingRules,
  'rbac.authorization.k8s.io/clusterroles': clusterRoleRules,
  'rbac.authorization.k8s.io/rolebindings': roleBindingRules,
  'rbac.authorization.k8s.io/roles': roleRules,
  'resource.k8s.io/devicetaintrules': deviceTaintRuleRules,
  'resource.k8s.io/resourceclaims': statusWithoutMetadata,
  'resource.k8s.io/resourcepoolstatusrequests': statusWithoutMetadata,
  'resource.k8s.io/resourceslices': resourceSliceRules,
  'scheduling.k8s.io/podgroups': statusWithoutMetadata,
  'storage.k8s.io/volumeattachments': statusWithoutMetadata,
  'storagemigration.k8s.io/storageversionmigrations': statusWithoutMetadata,
}

const none: KindRules = {}

/** What a resource adds to what the fact tables say. */
export function kindRules(group: string, resource: string): KindRules {
  return rules[`${group}/${resource}`] ?? none
}

function storageVersionNameProblems(name: string): readonly string[] {
  const dot = name.lastIndexOf('.')
  if (dot < 0) return ['name must be in the form of <group>.<resource>']
  return [
    ...isDns1123Subdomain(name.slice(0, dot)).map((problem) => `the group segment ${problem}`),
    ...isDns1035Label(name.slice(dot + 1)).map((problem) => `the resource segment ${problem}`),
  ]
}
