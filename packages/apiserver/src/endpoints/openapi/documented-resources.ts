import type { DocumentedConnect, DocumentedResource } from '@fairlead/openapi'
import type { ServedResource } from '../served-resource.ts'

/** What documents say of a served resource. */
export function documentedResource(served: ServedResource): DocumentedResource {
  const { group, version, resource, subresource, namespaced, kind, verbs, description } = served
  const connect = documentedConnect(served)
  // DELETE of a namespace answers with the object while it goes away; documents promise a Status nevertheless.
  const isNamespace = group === '' && resource === 'namespaces'
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
    returnsDeletedObject: served.returnsDeletedObject && !isNamespace,
    strategicMergePatch: kind.patchSchema !== undefined,
    protobuf: kind.protobuf !== undefined,
  }
}

function documentedConnect({ subresource, subresourceDescription }: ServedResource): DocumentedConnect | undefined {
  const type = subresourceDescription?.type
  if (type?.of !== 'connect') return undefined
  return { path: type.path, text: subresource === 'log', options: type.options }
}
