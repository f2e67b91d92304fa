import { compareKubeVersions } from '@fairlead/apimachinery'

/**
 * Order of the built-in groups in `/apis` (upstream: group priority minimum). Groups that are not listed, such as those
 * of custom resources, have priority 1000.
 */
const groupPriorities: Readonly<Record<string, number>> = {
  'apiregistration.k8s.io': 20000,
  '': 18000,
  apps: 17800,
  'events.k8s.io': 17750,
  'authentication.k8s.io': 17700,
  'authorization.k8s.io': 17600,
  autoscaling: 17500,
  batch: 17400,
  'certificates.k8s.io': 17300,
  'networking.k8s.io': 17200,
  policy: 17100,
  'rbac.authorization.k8s.io': 17000,
  'storage.k8s.io': 16800,
  'apiextensions.k8s.io': 16700,
  'admissionregistration.k8s.io': 16700,
  'scheduling.k8s.io': 16600,
  'coordination.k8s.io': 16500,
  'node.k8s.io': 16300,
  'discovery.k8s.io': 16200,
  'resource.k8s.io': 16200,
  'flowcontrol.apiserver.k8s.io': 16100,
  'internal.apiserver.k8s.io': 16000,
  'storagemigration.k8s.io': 15800,
}

const defaultPriority = 1000

/** Sorts group names as `/apis` lists them: by priority, then by name. */
export function compareGroups(a: string, b: string): number {
  const difference = (groupPriorities[b] ?? defaultPriority) - (groupPriorities[a] ?? defaultPriority)
  if (difference !== 0) return difference
  return a < b ? -1 : a > b ? 1 : 0
}

/** Sorts versions of a group, the preferred one first. */
export function compareVersions(a: string, b: string): number {
  return compareKubeVersions(a, b)
}
