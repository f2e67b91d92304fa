import type { ResourceStrategy } from '@fairlead/openapi'

const core = [
  'namespaces',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
]

/** DELETE answers with the object, by `group/resource`. */
const returningDeleted: ReadonlySet<string> = new Set([
  ...core.map((resource) => `/${resource}`),
  ...['deviceclasses', 'devicetaintrules', 'resourceclaims', 'resourceclaimtemplates'].map(inGroup('resource.k8s.io')),
  ...['resourcepoolstatusrequests', 'resourceslices'].map(inGroup('resource.k8s.io')),
  ...['csidrivers', 'csinodes', 'storageclasses', 'volumeattachments'].map(inGroup('storage.k8s.io')),
  'storage.k8s.io/volumeattributesclasses',
])

/** What deletion does with dependents when nobody says, where it is not to delete them in the background. */
const garbageCollection: Readonly<Record<string, ResourceStrategy['garbageCollection']>> = {
  '/events': 'Unsupported',
  'events.k8s.io/events': 'Unsupported',
  '/replicationcontrollers': 'Orphan',
  'batch/jobs': 'Orphan',
}

/** Groups that take any qualified finalizer; the others want a domain in it. */
const anyFinalizer: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'coordination.k8s.io',
])

export function returnsDeletedObject(group: string, resource: string): boolean {
  return returningDeleted.has(`${group}/${resource}`)
}

export function garbageCollectionDefault(group: string, resource: string): ResourceStrategy['garbageCollection'] {
  return garbageCollection[`${group}/${resource}`] ?? 'Background'
}

export function checksFinalizers(group: string): boolean {
  return !anyFinalizer.has(group)
}

function inGroup(group: string): (resource: string) => string {
  return (resource) => `${group}/${resource}`
}
