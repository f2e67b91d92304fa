import type { DocumentedConnect, DocumentedResource } from './documented-resource.ts'
import { operationId } from './operation-names.ts'
import { nameParameter, pathParameter, prettyParameter } from './parameters.ts'
import { type Operation, type PathItem, plainTypes } from './path-item.ts'
import { basePath, scopeParameters } from './resource-paths.ts'

/** The paths of a subresource that leads elsewhere. */
export function connectPaths(resource: DocumentedResource, connect: DocumentedConnect): readonly PathItem[] {
  const path = `${basePath(resource)}/{name}/${resource.subresource}`
  const parameters = [
    nameParameter(resource.parentKind),
    ...scopeParameters(resource),
    ...connect.options.map((option) => ({ ...option, in: 'query' as const })),
  ]
  if (connect.text) {
    return [{ path, parameters: [...parameters, prettyParameter], operations: [readTextOperation(resource)] }]
  }
  const items = [{ path, parameters, operations: connectOperations(resource, '') }]
  if (!connect.path) return items
  const trailing = {
    path: `${path}/{path}`,
    parameters: [...parameters, pathParameter],
    operations: connectOperations(resource, 'WithPath'),
  }
  return [...items, trailing]
}

function readTextOperation(resource: DocumentedResource): Operation {
  return {
    method: 'get',
    id: operationId('read', resource),
    action: 'get',
    description: `read ${resource.subresource} of an object of kind ${resource.parentKind}`,
    kind: resource.kind,
    parameters: [],
    responses: { '200': undefined },
    responseMediaTypes: ['text/plain', ...plainTypes({ protobuf: true })],
  }
}

function connectOperations(resource: DocumentedResource, suffix: string): readonly Operation[] {
  return connectMethods(resource).map((method) => ({
    method,
    id: operationId('connect', resource, { connectMethod: method, suffix }),
    action: 'connect',
    description: `connect ${method.toUpperCase()} requests to ${resource.subresource} of ${resource.parentKind}`,
    kind: resource.kind,
    parameters: [],
    responses: { '200': undefined },
    responseMediaTypes: ['*/*'],
  }))
}

const methodOfVerb: Readonly<Record<string, Operation['method']>> = {
  get: 'get',
  create: 'post',
  update: 'put',
  patch: 'patch',
  delete: 'delete',
}

/** Proxies also take HEAD and OPTIONS, which have no verb of their own. */
function connectMethods({ verbs }: DocumentedResource): readonly Operation['method'][] {
  const methods = verbs.flatMap((verb) => methodOfVerb[verb] ?? [])
  return methods.includes('delete') ? [...methods, 'head', 'options'] : methods
}
