import { connectPaths } from './connect-paths.ts'
import type { DocumentedResource } from './documented-resource.ts'
import { operationId } from './operation-names.ts'
import {
  deleteCollectionParameters,
  deleteParameters,
  listParameters,
  nameParameter,
  type Parameter,
  patchParameters,
  prettyParameter,
  writeParameters,
} from './parameters.ts'
import { type Operation, type PathItem, plainTypes, withSharedParameters } from './path-item.ts'
import { basePath, groupVersionPath, scopeParameters } from './resource-paths.ts'

const statusDefinition = 'io.k8s.apimachinery.pkg.apis.meta.v1.Status'
const deleteOptionsDefinition = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'
const patchDefinition = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch'
const watchEventDefinition = 'io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent'

/** All paths of a resource or subresource. */
export function pathItems(resource: DocumentedResource): readonly PathItem[] {
  const items = resource.connect ? connectPaths(resource, resource.connect) : objectPaths(resource)
  return items.map(withSharedParameters)
}

function objectPaths(resource: DocumentedResource): readonly PathItem[] {
  if (resource.subresource !== '') return [itemPath(resource)]
  const verbs = new Set(resource.verbs)
  const paths: PathItem[] = []
  if (verbs.has('list') || verbs.has('create') || verbs.has('deletecollection')) paths.push(collectionPath(resource))
  if (resource.namespaced && (verbs.has('list') || verbs.has('create'))) paths.push(...allNamespacesPath(resource))
  if (verbs.has('get') || verbs.has('update') || verbs.has('patch') || verbs.has('delete'))
    paths.push(itemPath(resource))
  if (verbs.has('watch')) paths.push(...watchPaths(resource))
  return paths
}

function collectionPath(resource: DocumentedResource): PathItem {
  return {
    path: basePath(resource),
    parameters: [...scopeParameters(resource), prettyParameter],
    operations: [
      ...when(resource, 'list', () => listOperation(resource, false)),
      ...when(resource, 'create', () => createOperation(resource)),
      ...when(resource, 'deletecollection', () => deleteCollectionOperation(resource)),
    ],
  }
}

function allNamespacesPath(resource: DocumentedResource): PathItem[] {
  if (!resource.verbs.includes('list')) return []
  return [
    {
      path: `${groupVersionPath(resource.group, resource.version)}/${resource.resource}`,
      parameters: [prettyParameter],
      operations: [listOperation(resource, true)],
    },
  ]
}

function itemPath(resource: DocumentedResource): PathItem {
  const suffix = resource.subresource === '' ? '' : `/${resource.subresource}`
  return {
    path: `${basePath(resource)}/{name}${suffix}`,
    parameters: [nameParameter(resource.parentKind), ...scopeParameters(resource), prettyParameter],
    operations: [
      ...when(resource, 'get', () => readOperation(resource)),
      ...(resource.subresource === '' ? [] : when(resource, 'create', () => createOperation(resource))),
      ...when(resource, 'update', () => replaceOperation(resource)),
      ...when(resource, 'patch', () => patchOperation(resource)),
      ...when(resource, 'delete', () => deleteOperation(resource)),
    ],
  }
}

function watchPaths(resource: DocumentedResource): PathItem[] {
  const watch = (path: string, parameters: readonly Parameter[], id: string, action: string): PathItem => ({
    path,
    parameters: [...parameters, prettyParameter],
    operations: [
      {
        method: 'get',
        id,
        action,
        description: `watch changes to ${action === 'watch' ? 'an object' : 'a list'} of kind ${resource.parentKind}; deprecated in favour of the watch parameter of a list`,
        kind: resource.kind,
        parameters: listParameters,
        responses: { '200': watchEventDefinition },
        responseMediaTypes: streamTypes(resource),
      },
    ],
  })
  const everywhere = `${groupVersionPath(resource.group, resource.version)}/watch/${resource.resource}`
  const scoped = basePath(resource, '/watch')
  const list = { suffix: 'List' }
  return [
    ...(resource.namespaced
      ? [watch(everywhere, [], operationId('watch', resource, { ...list, allNamespaces: true }), 'watchlist')]
      : []),
    watch(scoped, scopeParameters(resource), operationId('watch', resource, list), 'watchlist'),
    ...(resource.verbs.includes('get')
      ? [
          watch(
            `${scoped}/{name}`,
            [nameParameter(resource.parentKind), ...scopeParameters(resource)],
            operationId('watch', resource),
            'watch',
          ),
        ]
      : []),
  ]
}

function when(resource: DocumentedResource, verb: string, make: () => Operation): Operation[] {
  return resource.verbs.includes(verb) ? [make()] : []
}

function listOperation(resource: DocumentedResource, allNamespaces: boolean): Operation {
  return {
    method: 'get',
    id: operationId('list', resource, { allNamespaces }),
    action: 'list',
    description: `list or watch objects of kind ${resource.parentKind}`,
    kind: resource.kind,
    parameters: listParameters,
    responses: { '200': resource.listDefinition },
    responseMediaTypes: streamTypes(resource),
  }
}

function createOperation(resource: DocumentedResource): Operation {
  const { definition } = resource.kind
  return {
    method: 'post',
    id: operationId('create', resource),
    action: 'post',
    description: `create ${described(resource)}`,
    kind: resource.kind,
    parameters: writeParameters,
    body: { definition, required: true },
    responses: { '200': definition, '201': definition, '202': definition },
    responseMediaTypes: plainTypes(resource),
  }
}

function readOperation(resource: DocumentedResource): Operation {
  return {
    method: 'get',
    id: operationId('read', resource),
    action: 'get',
    description: `read ${described(resource)}`,
    kind: resource.kind,
    parameters: [],
    responses: { '200': resource.kind.definition },
    responseMediaTypes: plainTypes(resource),
  }
}

function replaceOperation(resource: DocumentedResource): Operation {
  const { definition } = resource.kind
  return {
    method: 'put',
    id: operationId('replace', resource),
    action: 'put',
    description: `replace ${described(resource)}`,
    kind: resource.kind,
    parameters: writeParameters,
    body: { definition, required: true },
    responses: { '200': definition, '201': definition },
    responseMediaTypes: plainTypes(resource),
  }
}

function patchOperation(resource: DocumentedResource): Operation {
  const { definition } = resource.kind
  return {
    method: 'patch',
    id: operationId('patch', resource),
    action: 'patch',
    description: `partially update ${described(resource)}`,
    kind: resource.kind,
    parameters: patchParameters,
    body: {
      definition: patchDefinition,
      required: true,
      mediaTypes: [
        'application/json-patch+json',
        'application/merge-patch+json',
        ...(resource.strategicMergePatch ? ['application/strategic-merge-patch+json'] : []),
      ],
    },
    responses: { '200': definition, '201': definition },
    responseMediaTypes: plainTypes(resource),
  }
}

function deleteOperation(resource: DocumentedResource): Operation {
  const definition = resource.returnsDeletedObject ? resource.kind.definition : statusDefinition
  return {
    method: 'delete',
    id: operationId('delete', resource),
    action: 'delete',
    description: `delete ${described(resource)}`,
    kind: resource.kind,
    parameters: deleteParameters,
    body: { definition: deleteOptionsDefinition, required: false },
    responses: { '200': definition, '202': definition },
    responseMediaTypes: plainTypes(resource),
  }
}

function deleteCollectionOperation(resource: DocumentedResource): Operation {
  return {
    method: 'delete',
    id: operationId('delete', resource, { collection: true }),
    action: 'deletecollection',
    description: `delete a collection of kind ${resource.parentKind}`,
    kind: resource.kind,
    parameters: deleteCollectionParameters,
    body: { definition: deleteOptionsDefinition, required: false },
    responses: { '200': statusDefinition },
    responseMediaTypes: plainTypes(resource),
  }
}

function described({ parentKind, subresource }: DocumentedResource): string {
  return subresource === '' ? `an object of kind ${parentKind}` : `${subresource} of an object of kind ${parentKind}`
}

function streamTypes(resource: DocumentedResource): readonly string[] {
  return [
    ...plainTypes(resource),
    'application/json;stream=watch',
    ...(resource.protobuf ? ['application/vnd.kubernetes.protobuf;stream=watch'] : []),
  ]
}
