import { formatGroupVersion, type GroupVersionKind, parseGroupVersion, quote } from '@fairlead/apimachinery'
import type { KindFinder } from './render-error.ts'

/** The apiVersions that an endpoint of a kind takes in a body. Evictions are sent in two. */
export function acceptedApiVersions(kind: GroupVersionKind): readonly string[] {
  const own = formatGroupVersion(kind)
  return kind.group === 'policy' && kind.kind === 'Eviction' ? [own, 'policy/v1beta1'] : [own]
}

/** Group-versions that are no longer served, but whose kinds are still known by name. */
const retired: ReadonlySet<string> = new Set([
  'extensions/v1beta1',
  'apps/v1beta1',
  'apps/v1beta2',
  'autoscaling/v2beta1',
  'autoscaling/v2beta2',
  'batch/v1beta1',
  'policy/v1beta1',
  'networking.k8s.io/v1beta1',
  'rbac.authorization.k8s.io/v1alpha1',
  'rbac.authorization.k8s.io/v1beta1',
  'storage.k8s.io/v1beta1',
  'scheduling.k8s.io/v1beta1',
  'discovery.k8s.io/v1beta1',
  'events.k8s.io/v1beta1',
  'admissionregistration.k8s.io/v1beta1',
  'certificates.k8s.io/v1beta1',
  'coordination.k8s.io/v1beta1',
  'authentication.k8s.io/v1beta1',
  'authorization.k8s.io/v1beta1',
])

/**
 * Why a body of one kind cannot stand for another; undefined when it can, or when only its version differs (which is
 * refused later with a text of its own).
 */
export function unconvertible(
  body: { readonly apiVersion: string; readonly kind: string },
  expected: GroupVersionKind,
  findKind: KindFinder,
): string | undefined {
  if (body.kind === expected.kind && acceptedApiVersions(expected).includes(body.apiVersion)) return undefined
  const groupVersion = parseGroupVersion(body.apiVersion) ?? { group: '', version: body.apiVersion }
  if (body.kind === expected.kind && retired.has(body.apiVersion)) return undefined
  if (findKind({ ...groupVersion, kind: body.kind }) === undefined) {
    return `no kind ${quote(body.kind)} is registered for version ${quote(body.apiVersion)} in scheme "pkg/api/legacyscheme/scheme.go:30"`
  }
  if (body.kind === expected.kind) return undefined
  return `converting (${groupVersion.version}.${body.kind}) to (${packageOf(expected)}.${expected.kind}): unknown conversion`
}

/** The name that messages give to the package of a group's internal types. */
export function packageOf({ group }: Pick<GroupVersionKind, 'group'>): string {
  if (group === 'internal.apiserver.k8s.io') return 'apiserverinternal'
  return group === '' ? 'core' : (group.split('.', 1)[0] ?? group)
}
