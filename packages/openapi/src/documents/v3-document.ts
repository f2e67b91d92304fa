import type { JsonObject } from '@fairlead/apimachinery'
import { quantityToV3, reachableDefinitions, toV3 } from './definitions.ts'
import type { DefinitionSource, DocumentedResource } from './documented-resource.ts'
import type { DocumentedEndpoint } from './endpoint-paths.ts'
import { type LazyDocument, type LazyEntry, sortedEntries } from './lazy-document.ts'
import type { Parameter } from './parameters.ts'
import { definitionsOf, type Operation, type PathItem } from './path-item.ts'
import type { Pause } from './pause.ts'
import { statusText } from './status-text.ts'
import { taggedPaths } from './tagged-paths.ts'

const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity'

/** What one document is made of. */
export interface DocumentOptions {
  /** The group-version whose kinds it lists; absent for documents of paths that are no resources. */
  readonly groupVersion?: { readonly group: string; readonly version: string }
  readonly resources: readonly DocumentedResource[]
  readonly endpoints: readonly DocumentedEndpoint[]
  readonly definitions: DefinitionSource
  /** Such as `v1.36.2`. */
  readonly gitVersion: string
  readonly pause: Pause
}

/** An OpenAPI v3 document, as `/openapi/v3/apis/{group}/{version}` serves it. */
export async function openApiV3Document(options: DocumentOptions): Promise<LazyDocument> {
  const { groupVersion = { group: '', version: 'v1' }, definitions, gitVersion, pause } = options
  const items = await taggedPaths(options, pause)
  const roots = items.flatMap(({ item }) => definitionsOf(item))
  const names = await reachableDefinitions(roots, definitions, pause)
  return {
    head: { openapi: '3.0.0', info: { title: 'Kubernetes', version: gitVersion } },
    paths: sortedEntries(items.map(({ item, tag }): LazyEntry => [item.path, () => v3Path(item, tag)])),
    definitions: names.map((name) => [
      name,
      () => {
        const definition = toV3(definitions(name) ?? {}, groupVersion)
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

function v3Path({ parameters, operations }: PathItem, tag: string): JsonObject {
  const item: JsonObject = {}
  for (const operation of operations) item[operation.method] = v3Operation(operation, tag)
  if (parameters.length > 0) item['parameters'] = parameters.map(v3Parameter)
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
    ...(action ? { 'x-kubernetes-action': action } : {}),
    ...(kind
      ? { 'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind } }
      : {}),
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
