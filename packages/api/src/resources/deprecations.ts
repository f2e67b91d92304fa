import { formatGroupVersion, type GroupVersionKind } from '@fairlead/apimachinery'
import type { Deprecation } from '@fairlead/openapi'

interface DeprecationFacts {
  readonly since: string
  readonly removed?: string
  readonly replacement?: GroupVersionKind
}

const endpointSlice = { group: 'discovery.k8s.io', version: 'v1', kind: 'EndpointSlice' }
const volumeAttributesClass = { group: 'storage.k8s.io', version: 'v1', kind: 'VolumeAttributesClass' }
const dynamicResources = ['DeviceClass', 'ResourceClaim', 'ResourceClaimTemplate', 'ResourceSlice']

/** What the emulated release calls deprecated, by apiVersion and kind. Deprecations of later releases are not in it. */
const deprecated: Readonly<Record<string, DeprecationFacts>> = {
  'v1 ComponentStatus': { since: '1.19' },
  'v1 Endpoints': { since: '1.33', replacement: endpointSlice },
  ...each('admissionregistration.k8s.io/v1alpha1', ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'], {
    since: '1.35',
    removed: '1.38',
  }),
  'certificates.k8s.io/v1alpha1 ClusterTrustBundle': { since: '1.34', removed: '1.37' },
  'coordination.k8s.io/v1alpha2 LeaseCandidate': { since: '1.35', removed: '1.38' },
  'coordination.k8s.io/v1beta1 LeaseCandidate': { since: '1.36', removed: '1.39' },
  ...each('networking.k8s.io/v1beta1', ['IPAddress', 'ServiceCIDR'], { since: '1.34', removed: '1.37' }),
  'resource.k8s.io/v1alpha3 DeviceTaintRule': { since: '1.36', removed: '1.39' },
  ...each('resource.k8s.io/v1beta1', dynamicResources, { since: '1.35', removed: '1.38' }),
  ...each('resource.k8s.io/v1beta2', dynamicResources, { since: '1.36', removed: '1.39' }),
  'storage.k8s.io/v1beta1 VolumeAttributesClass': {
    since: '1.34',
    removed: '1.37',
    replacement: volumeAttributesClass,
  },
}

/** The deprecation of a kind; undefined for those that stay. */
export function deprecationOf(gvk: GroupVersionKind): Deprecation | undefined {
  const name = nameOf(gvk)
  const facts = Object.hasOwn(deprecated, name) ? deprecated[name] : undefined
  if (facts === undefined) return undefined
  const { since, removed, replacement } = facts
  const end = removed === undefined ? '' : `, unavailable in v${removed}+`
  const instead = replacement === undefined ? '' : `; use ${nameOf(replacement)}`
  return {
    warning: `${name} is deprecated in v${since}+${end}${instead}`,
    ...(removed === undefined ? undefined : { removedRelease: removed }),
  }
}

function each(apiVersion: string, kinds: readonly string[], facts: DeprecationFacts): Record<string, DeprecationFacts> {
  return Object.fromEntries(kinds.map((kind) => [`${apiVersion} ${kind}`, facts]))
}

function nameOf(gvk: GroupVersionKind): string {
  return `${formatGroupVersion(gvk)} ${gvk.kind}`
}
