import type { JsonObject } from '@fairlead/apimachinery'
import { quantityToV3, reachableDefinitions, toV3 } from './definitions.ts'
import type { DefinitionSource, DocumentedResource } from './documented-resource.ts'
import { type LazyDocument, type LazyEntry, sortedEntries } from './lazy-document.ts'
import { operationGroupVersion, operationTag } from './operation-names.ts'
import { groupVersionPath, type Operation, type PathItem, pathItems } from './operations.ts'
import type { Parameter } from './parameters.ts'

const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
const resourceList = 'io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList'

/** What a document of one group-version is made of. */
export interface DocumentOptions {
  readonly group: string
  readonly version: string
  readonly resources: readonly DocumentedResource[]
  readonly definitions: DefinitionSource
  /** Such as `v1.36.2`. */
  readonly gitVersion: string
}

/** The OpenAPI v3 document of one group-version, as `/openapi/v3/apis/{group}/{version}` serves it. */
export function openApiV3Document(options: DocumentOptions): LazyDocument {
  const { group, version, resources, definitions, gitVersion } = options
  const items = resources.flatMap(pathItems)
  const tag = operationTag(group, version)
  return {
    head: { openapi: '3.0.0', info: { title: 'Kubernetes', version: gitVersion } },
    paths: sortedEntries([
      [`${groupVersionPath(group, version)}/`, () => discoveryPath(group, version)],
      ...items.map((item): LazyEntry => [item.path, () => v3Path(item, tag)]),
    ]),
    definitions: reachableDefinitions([resourceList, ...items.flatMap(definitionsOf)], definitions).map((name) => [
      name,
      () => {
        const definition = toV3(definitions(name) ?? {}, { group, version })
        return name === quantity ? quantityToV3(definition) : definition
      },
    ]),
    definitionsAt: ['components', 'schemas'],
    besideDefinitions: {
      securitySchemes: {
        BearerToken: {
          type: 'apiKey',
          description: 'Bearer Token authentication',
          name: 'authorization',
          in: 'header',
        },
      },
    },
    tail: {},
  }
}

/** Definitions that the operations of a path name. */
export function definitionsOf({ operations }: PathItem): string[] {
  return operations.flatMap(({ body, responses }) => [
    ...(body ? [body.definition] : []),
    ...Object.values(responses).filter((name) => name !== undefined),
  ])
}

function discoveryPath(group: string, version: string): JsonObject {
  const content = schemaContent(
    ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'],
    resourceList,
  )
  return {
    get: {
      tags: [operationTag(group, version)],
      description: 'get available resources',
      operationId: `get${operationGroupVersion(group, version)}APIResources`,
      responses: { '200': { description: 'OK', content }, '401': { description: 'Unauthorized' } },
    },
  }
}

function v3Path({ parameters, operations }: PathItem, tag: string): JsonObject {
  const item: JsonObject = {}
  for (const operation of operations) item[operation.method] = v3Operation(operation, tag)
  item['parameters'] = parameters.map(v3Parameter)
  return item
}

function v3Operation(operation: Operation, tag: string): JsonObject {
  const { id, description, parameters, body, responses, kind, action } = operation
  return {
    tags: [tag],
    description,
    operationId: id,
    ...(parameters.length > 0 ? { parameters: parameters.map(v3Parameter) } : {}),
    ...(body
      ? {
          requestBody: {
            content: schemaContent(body.mediaTypes ?? ['*/*'], body.definition),
            ...(body.required ? { required: true } : {}),
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([code, definition]) => [
          code,
          { description: statusText(code), content: responseContent(operation.responseMediaTypes, definition) },
        ]),
      ),
      '401': { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind },
  }
}

function responseContent(mediaTypes: readonly string[], definition: string | undefined): JsonObject {
  if (definition !== undefined) return schemaContent(mediaTypes, definition)
  return Object.fromEntries(mediaTypes.map((type) => [type, { schema: { type: 'string' } }]))
}

function schemaContent(mediaTypes: readonly string[], definition: string): JsonObject {
  return Object.fromEntries(
    mediaTypes.map((type) => [type, { schema: { $ref: `#/components/schemas/${definition}` } }]),
  )
}

function v3Parameter({ name, in: place, type, description, required }: Parameter): JsonObject {
  return {
    name,
    in: place,
    description,
    ...(required ? { required: true } : {}),
    schema: { type, uniqueItems: true },
  }
}

/** The description of a response. */
export function statusText(code: string): string {
  return { '200': 'OK', '201': 'Created', '202': 'Accepted' }[code] ?? ''
}
