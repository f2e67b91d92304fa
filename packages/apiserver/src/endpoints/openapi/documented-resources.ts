import type { DocumentedResource } from '@fairlead/openapi'
import type { ServedResource } from '../served-resource.ts'

/** What documents say of a served resource. */
export function documentedResource(served: ServedResource): DocumentedResource {
  const { group, version, resource, subresource, namespaced, kind, verbs, description, subresourceDescription } = served
  const connect = subresourceDescription?.type.of === 'connect' ? { path: subresourceDescription.type.path } : undefined
  return {
    group,
    version,
    resource,
    subresource,
    namespaced,
    parentKind: description.kind,
    kind: { group: kind.group, version: kind.version, kind: kind.kind, definition: kind.definition },
    ...(verbs.includes('list') ? { listDefinition: `${kind.definition}List` } : {}),
    verbs,
    ...(connect ? { connect } : {}),
    returnsDeletedObject: served.returnsDeletedObject,
    strategicMergePatch: kind.patchSchema !== undefined,
    protobuf: kind.protobuf !== undefined,
  }
}
